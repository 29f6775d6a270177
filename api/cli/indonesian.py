"""The command line's usage in Indonesian: what click says, and our own help, by its English."""

CLICK: dict[str, str] = {
    "Usage:": "Pemakaian:",
    "Options": "Pilihan",
    "Commands": "Perintah",
    "Positional arguments": "Argumen",
    "default: {default}": "bawaan: {default}",
    "env var: {var}": "variabel lingkungan: {var}",
    "required": "wajib",
    "Show this message and exit.": "Tampilkan pesan ini lalu selesai.",
    "Show the version and exit.": "Tampilkan versi lalu selesai.",
    "%(prog)s, version %(version)s": "%(prog)s, versi %(version)s",
    "Error: {message}": "Salah pakai: {message}",
    "Try '{command} {option}' for help.": "Bantuan: '{command} {option}'.",
    "Invalid value: {message}": "Nilai tidak dapat dipakai: {message}",
    "Invalid value for {param_hint}: {message}": (
        "Nilai untuk {param_hint} tidak dapat dipakai: {message}"
    ),
    "Missing argument": "Belum ada argumen",
    "Missing option": "Belum ada pilihan",
    "Missing parameter": "Belum ada parameter",
    "Missing {param_type}": "Belum ada {param_type}",
    "Missing parameter: {param_name}": "Belum ada parameter: {param_name}",
    "Choose from:\n\t{choices}": "Pilih salah satu:\n\t{choices}",
    "No such option {name!r}.": "Tidak ada pilihan {name!r}.",
    "No such command {name!r}.": "Tidak ada perintah {name!r}.",
    "Did you mean {possibility}?": "Maksudnya {possibility}?",
    "(Did you mean one of: {possibilities}?)": "(Maksudnya salah satu dari: {possibilities}?)",
    "Missing command.": "Belum ada perintah.",
    "Got unexpected extra argument ({args})": "Ada argumen yang berlebih ({args})",
    "Got unexpected extra arguments ({args})": "Ada argumen yang berlebih ({args})",
    "Takes {nargs} values but 1 was given.": "Perlu {nargs} nilai, diberi 1.",
    "Takes {nargs} values but {len} were given.": "Perlu {nargs} nilai, diberi {len}.",
    "Argument {name!r} takes {nargs} values.": "Argumen {name!r} perlu {nargs} nilai.",
    "Option {name!r} does not take a value.": "Pilihan {name!r} tidak memakai nilai.",
    "Option {name!r} requires an argument.": "Pilihan {name!r} perlu sebuah nilai.",
    "Option {name!r} requires {nargs} arguments.": "Pilihan {name!r} perlu {nargs} nilai.",
    "{name} {filename!r} does not exist.": "{filename!r} tidak ada.",
    "{name} {filename!r} is a directory.": "{filename!r} adalah folder, bukan berkas.",
    "{name} {filename!r} is a file.": "{filename!r} adalah berkas, bukan folder.",
    "{name} {filename!r} is not readable.": "{filename!r} tidak dapat dibaca.",
    "{name} {filename!r} is not writable.": "{filename!r} tidak dapat ditulisi.",
    "{value!r} is not a valid {number_type}.": (
        "{value!r} bukan bilangan yang dapat dipakai di sini."
    ),
    "{value} is not in the range {range}.": "{value} di luar batas {range}.",
    "{value!r} is not {choice}.": "{value!r} bukan {choice}.",
    "{value!r} is not one of {choices}.": "{value!r} bukan salah satu dari {choices}.",
    "Could not open file {filename!r}: {message}": (
        "Berkas {filename!r} tidak dapat dibuka: {message}"
    ),
    "Aborted!": "Dibatalkan.",
}
"""What click itself says; what is not here stays as click has it."""

OURS: dict[str, str] = {
    # --- the program -----------------------------------------------------------------------------
    "Match stunted children with sponsors, plan the packages' way, record what arrived.": (
        "Pasangkan anak stunting dengan orang tua asuh, susun jalan paketnya, catat yang sampai."
    ),
    "Exit code 0: done. 1: refused, with a sentence that says why. 2: wrong usage.": (
        "Kode akhir 0: selesai. 1: ditolak, dengan kalimat sebabnya. 2: salah pakai."
    ),
    "Answer for machines.": "Jawaban untuk mesin.",
    "PROBLEM is needed": "PROBLEM belum disebut",
    "--out is needed: where the result is written": "--out belum disebut: ke mana hasil ditulis",
    "INSTANCE is needed": "INSTANCE belum disebut",
    "{text!r}: write a month as 2026-12": "{text!r}: tulis bulan seperti 2026-12",
    "{text!r}: write a day as 2026-12-01": "{text!r}: tulis tanggal seperti 2026-12-01",
    "{text!r}: letters, digits and . _ - @ only": "{text!r}: huruf, angka, dan . _ - @ saja",
    "--as USERNAME is needed to install a map": "--as USERNAME perlu untuk memasang peta",
    "Of the answer and of what went wrong.": "Bahasa jawaban dan penolakan.",
    # --- match, check, explain -------------------------------------------------------------------
    "Match the children and pledges of PROBLEM; the result can be checked by `asuh check`.": (
        "Pasangkan anak dan janji dalam PROBLEM; hasilnya dapat diperiksa dengan `asuh check`."
    ),
    "PROBLEM is our JSON, or a text file of the generalised assignment problem (.txt, .txt.gz). "
    "For such a file --out NAME.json holds the problem beside what was found, for `asuh check`; "
    "any other name is written in the literature's form: agents in one line, the cost in the "
    "next.": (
        "PROBLEM adalah JSON kami, atau berkas teks soal pembagian umum (GAP: .txt, .txt.gz). "
        "Untuk berkas teks itu --out NAMA.json memuat soal beserta hasilnya, untuk `asuh check`; "
        "nama lain ditulis dalam bentuk pustaka: pelaksana pada satu baris, biaya pada berikutnya."
    ),
    "The order of goals as JSON; --show-policy prints the one in force.": (
        "Urutan tujuan sebagai JSON; --show-policy mencetak yang berlaku."
    ),
    "Seed of the lottery that breaks ties.": "Nomor undian yang memecah nilai sama.",
    "Longest time for a GAP text file.": "Waktu terlama untuk berkas teks GAP.",
    "Cost of a GAP file to compare with; prints the gap.": (
        "Biaya pembanding sebuah berkas GAP; selisihnya dicetak."
    ),
    "Which problem of a GAP file that holds several.": (
        "Soal ke berapa dari berkas GAP yang memuat beberapa."
    ),
    "Print the JSON Schema of a problem and stop.": "Cetak JSON Schema sebuah soal lalu selesai.",
    "Print the default policy as JSON and stop.": "Cetak aturan bawaan sebagai JSON lalu selesai.",
    "Print the JSON Schema of a policy and stop.": "Cetak JSON Schema sebuah aturan lalu selesai.",
    "A second policy: print both side by side, child by child; writes nothing.": (
        "Aturan kedua: cetak keduanya berdampingan, anak demi anak; tidak menulis apa pun."
    ),
    "Print the price of every wish of the policy.": "Cetak harga setiap keinginan aturan itu.",
    "Print what allowing broken pairs of last month brings.": (
        "Cetak apa yang diperoleh bila pasangan bulan lalu boleh putus."
    ),
    "Print the exact price of each pair that may break.": (
        "Cetak harga tepat setiap pasangan yang boleh putus."
    ),
    "Print a pair's lottery numbers and stop.": "Cetak nomor undian sebuah pasangan lalu selesai.",
    "Check FILE, a matching.json or plan.json, from its own problem and result.": (
        "Periksa FILE, matching.json atau plan.json, dari soal dan hasilnya sendiri."
    ),
    "Exit code 0 when nothing is wrong; 1 with the faults otherwise. What is valid but not proved "
    "best is told goal by goal, with the most that could still be gained.": (
        "Kode akhir 0 bila tidak ada yang salah; 1 dengan kesalahannya. Yang sah tetapi belum "
        "terbukti terbaik disebut per tujuan, dengan yang paling banyak masih dapat diperoleh."
    ),
    "Explain RESULT, a file that `asuh match` wrote; without an option, all children left out.": (
        "Jelaskan RESULT, berkas tulisan `asuh match`; tanpa pilihan: semua anak yang belum "
        "terlayani."
    ),
    "Why this child has its pledge, or none and what would cover it.": (
        "Mengapa anak ini mendapat janjinya, atau belum dan apa yang membuatnya terlayani."
    ),
    "What if CHILD went to PLEDGE.": "Bagaimana kalau CHILD ke PLEDGE.",
    "How many new places in which area cover whom.": (
        "Berapa tempat baru di wilayah mana melayani siapa."
    ),
    "What one place more or less at each pledge is worth.": (
        "Nilai satu tempat lebih atau kurang pada setiap janji."
    ),
    # --- serve, sample, run ----------------------------------------------------------------------
    "Serve the web application.": "Jalankan aplikasi web.",
    "Settings come from ASUH_ variables. With --demo everything lies in the folder demo of "
    "ASUH_VAR_DIR (var/demo), in a database of its own, and every name is made up.": (
        "Setelan diambil dari variabel ASUH_. Dengan --demo semuanya ada di folder demo dari "
        "ASUH_VAR_DIR (var/demo), dalam basis data sendiri, dan setiap nama karangan."
    ),
    "With a sample month and one account per role.": "Dengan bulan contoh dan satu akun per peran.",
    "Processes that do long work.": "Banyaknya proses untuk pekerjaan lama.",
    "With --demo: throw the last demonstration away.": "Dengan --demo: buang peragaan terakhir.",
    "Write a sample month: e-PPGBM, KRS, sponsors, places, fleet, stock, consents, last month.": (
        "Tulis bulan contoh: e-PPGBM, KRS, orang tua asuh, tempat, armada, stok, persetujuan, "
        "bulan lalu."
    ),
    "Every name and number is made up. The same options write the same files. A folder that holds "
    "files is refused unless --force says that those of the same name may be replaced.": (
        "Setiap nama dan nomor karangan. Pilihan yang sama menulis berkas yang sama. Folder yang "
        "sudah berisi ditolak, kecuali --force membolehkan berkas senama diganti."
    ),
    "A shape by name, in place of --children, --sponsors and --dirty.": (
        "Bentuk bernama, pengganti --children, --sponsors dan --dirty."
    ),
    "With the faults that real files have.": "Dengan kesalahan seperti pada berkas nyata.",
    "Also write truth.json: every fault that was put in.": (
        "Tulis juga truth.json: setiap kesalahan yang dimasukkan."
    ),
    "Write into a folder that holds files already.": "Tulis ke folder yang sudah berisi berkas.",
    "Do the month without a server: import, match, pack, plan, sheets.": (
        "Kerjakan sebulan tanpa server: baca berkas, pasangkan, kemas, susun rute, lembar."
    ),
    "The result is a proposal: a person's approval is still owed before anything is handed out. A "
    "second run of the same month replaces what the first wrote into --out; files of another "
    "month, or that no run wrote, stay unless --force is given.": (
        "Hasilnya usulan: masih perlu persetujuan orang sebelum ada yang dibagikan. Dijalankan "
        "lagi pada bulan yang sama, tulisan sebelumnya di --out diganti; berkas bulan lain, atau "
        "yang bukan tulisannya, tetap ada kecuali dengan --force."
    ),
    "Folder with the files that staff hold; each is recognised by its headers.": (
        "Folder berisi berkas petugas; masing-masing dikenali dari kepala kolomnya."
    ),
    "The month, as 2026-12.": "Bulannya, seperti 2026-12.",
    "Seed of lottery and route search.": "Nomor undian dan pencarian rute.",
    "How to read dates that could be read both ways; asked for when it matters.": (
        "Cara membaca tanggal yang bermakna ganda; ditanyakan bila perlu."
    ),
    "When stock is short: list what to buy, let the least needy wait, or go without the item.": (
        "Bila stok kurang: daftar belanja, yang paling tidak membutuhkan menunggu, atau tanpa "
        "barang itu."
    ),
    "Where packages go: whatever drives best, to each home, or to drop points only.": (
        "Ke mana paket: yang paling hemat jalannya, ke tiap rumah, atau ke titik bagi saja."
    ),
    "End the route search by the clock; without it the search is counted, and the same files give "
    "the same routes.": (
        "Akhiri pencarian rute menurut jam; tanpa ini pencariannya dihitung, dan berkas yang sama "
        "memberi rute yang sama."
    ),
    "Road map (.roads, .osm, .osm.pbf, .graphml); without it: straight lines with detour.": (
        "Peta jalan (.roads, .osm, .osm.pbf, .graphml); tanpa ini: garis lurus dengan faktor jalan."
    ),
    "Replace files in --out that are of another month.": "Ganti berkas bulan lain di --out.",
    "Let siblings go to different sponsors.": "Kakak-adik boleh berbeda orang tua asuh.",
    # --- import, cycle ---------------------------------------------------------------------------
    "Read FILE, show what it would change, and apply it when you agree.": (
        "Baca FILE, tunjukkan apa yang berubah, dan terapkan bila Anda setuju."
    ),
    "Without --yes it asks; with --json and without --yes nothing is applied.": (
        "Tanpa --yes ditanyakan dahulu; dengan --json dan tanpa --yes tidak ada yang diterapkan."
    ),
    "The account that imports.": "Akun yang memasukkan.",
    "Apply without asking.": "Terapkan tanpa bertanya.",
    "Month of results; the one being distributed when left out.": (
        "Bulan hasilnya; bila kosong: yang sedang disalurkan."
    ),
    "Take a STEP of MONTH (2026-12) in the database, under the rules that hold on the pages.": (
        "Ambil langkah STEP dari MONTH (2026-12) di basis data, dengan aturan seperti di halaman."
    ),
    "The person who proposed a month cannot approve it, and neither can the same user of this "
    "machine under another name.": (
        "Yang mengajukan sebuah bulan tidak dapat menyetujuinya, juga tidak pengguna mesin yang "
        "sama dengan nama lain."
    ),
    "The account that takes the step.": "Akun yang mengambil langkah itu.",
    "End the route search by the clock; without it the search is counted, and the same month gives "
    "the same routes.": (
        "Akhiri pencarian rute menurut jam; tanpa ini pencariannya dihitung, dan bulan yang sama "
        "memberi rute yang sama."
    ),
    "Why to lock although pairs are undecided, to close before an earlier month, or to let routes "
    "leave that share a vehicle or courier at the same hours.": (
        "Mengapa dikunci walaupun ada data ganda, ditutup mendahului bulan sebelumnya, atau rute "
        "berangkat dengan kendaraan atau kurir yang sama pada jam yang sama."
    ),
    "Open although the month before is not approved or not opened; dispatch before the day.": (
        "Buka walaupun bulan sebelumnya belum disetujui atau dibuka; berangkatkan sebelum harinya."
    ),
    # --- route, roads ----------------------------------------------------------------------------
    "Plan INSTANCE; the plan can be checked by `asuh check`.": (
        "Susun rute INSTANCE; rencananya dapat diperiksa dengan `asuh check`."
    ),
    "Ctrl-C ends the search and writes the best plan so far; twice ends at once.": (
        "Ctrl-C mengakhiri pencarian dan menulis rencana terbaik sejauh ini; dua kali: langsung "
        "berhenti."
    ),
    "--out NAME.sol writes the form of CVRPLIB.": "--out NAMA.sol menulis bentuk CVRPLIB.",
    "End after so many iterations.": "Akhiri sesudah sekian putaran.",
    "Searches side by side; the best counts (literature instances).": (
        "Banyaknya pencarian berdampingan; yang terbaik dipakai (soal dari pustaka)."
    ),
    "How distances of a literature instance are rounded; default: as its family is compared.": (
        "Pembulatan jarak soal dari pustaka; bawaan: seperti lazimnya jenis soal itu."
    ),
    "Cost to compare with; prints the gap.": "Biaya pembanding; selisihnya dicetak.",
    "A plan to begin from and to improve gently: of last month, or NAME.sol.": (
        "Rencana awal yang diperbaiki sedikit demi sedikit: bulan lalu, atau NAMA.sol."
    ),
    "Tell what each goal of a problem costs: one more search without each.": (
        "Sebutkan harga tiap tujuan sebuah soal: satu pencarian lagi tanpa masing-masing."
    ),
    "Build, check and install the road map that routes are driven on.": (
        "Buat, periksa dan pasang peta jalan yang dipakai rute."
    ),
    "Make a road map from an OpenStreetMap extract (.osm, .osm.pbf) or a GraphML graph.": (
        "Buat peta jalan dari cuplikan OpenStreetMap (.osm, .osm.pbf) atau graf GraphML."
    ),
    "Default: FILE.roads": "Bawaan: FILE.roads",
    "Date of the data (2026-11-01) where FILE has none.": (
        "Tanggal data (2026-11-01) bila FILE tidak menyebutnya."
    ),
    "Install it in the database as well.": "Pasang juga di basis data.",
    "The account that installs it.": "Akun yang memasangnya.",
    "Say what a road map holds, and which bridges have no second way round.": (
        "Sebutkan isi peta jalan, dan jembatan mana yang tidak punya jalan memutar."
    ),
    "Install a road map in the database: plans from now on follow it.": (
        "Pasang peta jalan di basis data: rencana mulai sekarang mengikutinya."
    ),
    "Date of the data where FILE has none.": "Tanggal data bila FILE tidak menyebutnya.",
    # --- zscores, operations ---------------------------------------------------------------------
    "Add WHO 2006 z-scores and flags to FILE.csv.": (
        "Tambahkan z-score WHO 2006 dan penandanya pada FILE.csv."
    ),
    "FILE.csv has the columns sex,age,weight,lenhei,measure,oedema (age in days; measure l, h or "
    "empty). The columns zlen,flen,zwei,fwei,zwfl,fwfl,zbmi,fbmi are added. Streaming: any "
    "size.": (
        "FILE.csv mempunyai kolom sex,age,weight,lenhei,measure,oedema (umur dalam hari; measure "
        "l, h atau kosong). Kolom zlen,flen,zwei,fwei,zwfl,fwfl,zbmi,fbmi ditambahkan. Dibaca "
        "sambil jalan: ukuran berapa pun."
    ),
    "Make accounts and give passwords.": "Buat akun dan beri kata sandi.",
    "Make an account; with an area, posyandu or puskesmas it works on that place alone.": (
        "Buat sebuah akun; dengan wilayah, posyandu, atau puskesmas ia bekerja untuk tempat itu "
        "saja."
    ),
    "Code of the kecamatan or kelurahan that it is bound to.": (
        "Kode kecamatan atau kelurahan tempatnya bekerja."
    ),
    "A posyandu there (repeat it for more).": "Posyandu di sana (ulangi bila lebih dari satu).",
    "Name of the puskesmas that it is bound to.": "Nama puskesmas tempatnya bekerja.",
    "As it is shown beside what is done.": "Seperti ditampilkan di sebelah yang dikerjakannya.",
    "Code of the sponsor, for a donor's account.": "Kode orang tua asuh, untuk akun donatur.",
    "Asked for when it is not given.": "Ditanyakan bila tidak diberikan.",
    "Bring the database to the schema of this version, all of it or nothing.": (
        "Bawa basis data ke susunan versi ini, seluruhnya atau tidak sama sekali."
    ),
    "Draw keys for a new database server.": "Buat kunci untuk server basis data baru.",
    "Copy the database while it is in use, and encrypt the copy.": (
        "Salin basis data selagi dipakai, dan sandikan salinannya."
    ),
    "The keys are not in it: keep keys.json in another place.": (
        "Kuncinya tidak ikut: simpan keys.json di tempat lain."
    ),
    "Put a backup back: whole, or not at all. Stop the server first.": (
        "Kembalikan cadangan: seluruhnya atau tidak sama sekali. Hentikan server dahulu."
    ),
    "Put it in place of the present data.": "Gantikan data yang sekarang.",
    "Look at everything that an installation needs; exit code 1 when something is wrong.": (
        "Periksa semua yang diperlukan sebuah pemasangan; kode akhir 1 bila ada yang salah."
    ),
}
"""Our own help, a paragraph at a time; what is not here stays English."""
