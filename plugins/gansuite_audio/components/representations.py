"""Representations of sounds."""

from __future__ import annotations

from gansuite.plugins import Component

COMPONENTS: tuple[Component, ...] = (
    Component(
        "representation",
        "log-spectrogram",
        "gansuite_audio.representations.log_spectrogram:LogSpectrogram",
        "log-magnitudes, each bin standardised; phase by Griffin and Lim, or learnt",
        reference="donahue2019adversarial",
    ),
    Component(
        "representation",
        "log-if",
        "gansuite_audio.representations.instantaneous_frequency:LogInstantaneousFrequency",
        "log-magnitudes and the instantaneous frequency of each bin",
        reference="engel2019gansynth",
    ),
    Component(
        "representation",
        "mel-if",
        "gansuite_audio.representations.instantaneous_frequency:MelInstantaneousFrequency",
        "the same on a mel scale of as many bands",
        reference="engel2019gansynth",
    ),
    Component(
        "representation",
        "complex-spectrogram",
        "gansuite_audio.representations.complex_spectrogram:ComplexSpectrogram",
        "real and imaginary parts of the spectrum; the inverse is exact",
        reference="nistal2020comparing",
    ),
)
