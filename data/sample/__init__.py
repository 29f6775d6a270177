"""A believable month in the files that staff hold, from a seed; nobody in it exists."""

from data.sample.month import PRESETS, Preset, write_preset, write_sample
from data.sample.truth import Fault, SampleTruth, TrueDuplicate, TruePerson

__all__ = [
    "PRESETS",
    "Fault",
    "Preset",
    "SampleTruth",
    "TrueDuplicate",
    "TruePerson",
    "write_preset",
    "write_sample",
]
