"""What a browser says of itself, as its owner would say it: ``Chrome di Android``."""

from api.i18n import N_, Translate

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("UCBrowser/", "UC Browser"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
"""Mark and name; many call themselves Chrome or Safari too, so theirs stand first."""
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str, say: Translate) -> str:
    """Return browser and system where both are known, else what the browser said."""
    browser, system = (
        next((name for mark, name in known if mark in user_agent), "")
        for known in (BROWSERS, SYSTEMS)
    )
    if not browser or not system:
        return user_agent or "–"
    return say(N_("%(peramban)s di %(sistem)s"), peramban=browser, sistem=system)
