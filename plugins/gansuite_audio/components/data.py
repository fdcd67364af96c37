"""Datasets of sounds."""

from __future__ import annotations

from gansuite.plugins import Component

SOUND = ("soundfile", "soxr")

COMPONENTS: tuple[Component, ...] = (
    Component(
        "dataset",
        "folder",
        "gansuite_audio.data.folder:Folder",
        "any folder tree of wav, flac, ogg, mp3 or aiff files",
        requires=SOUND,
        extra="audio",
    ),
    Component(
        "dataset",
        "drums",
        "gansuite_audio.data.drums:Drums",
        "recorded kicks, snares and tablas that come with gansuite",
        requires=SOUND,
        extra="audio",
    ),
    Component(
        "dataset",
        "digits",
        "gansuite_audio.data.digits:Digits",
        "spoken digits, rendered by eSpeak NG",
        requires=(*SOUND, "espeakng_loader"),
        extra="audio,speech",
    ),
    Component(
        "dataset",
        "tones",
        "gansuite_audio.data.tones:Tones",
        "synthetic notes of known pitch and timbre, computed from formulas",
        requires=SOUND,
        extra="audio",
    ),
    Component(
        "dataset",
        "notes",
        "gansuite_audio.data.notes:Notes",
        "pitched notes, rendered from a soundfont of your own",
        requires=(*SOUND, "tinysoundfont"),
        extra="audio,notes",
    ),
    Component("augmentation", "gain", "gansuite_audio.augmentations.gain:Gain", "louder or softer"),
    Component("augmentation", "polarity", "gansuite_audio.augmentations.polarity:Polarity", "upside down"),
    Component("augmentation", "shift", "gansuite_audio.augmentations.shift:Shift", "earlier or later"),
    Component(
        "augmentation", "speed", "gansuite_audio.augmentations.speed:Speed", "faster and higher, or slower and lower"
    ),
    Component(
        "augmentation", "noise", "gansuite_audio.augmentations.noise:Noise", "white or pink noise beneath the sound"
    ),
)
