"""Writers of sounds, and their part of the report."""

from __future__ import annotations

from gansuite.plugins import Component

COMPONENTS: tuple[Component, ...] = (
    Component(
        "writer",
        "wav",
        "gansuite_audio.writers.wav:WavWriter",
        "one file a sample: wav, flac, ogg or mp3, at any rate",
        requires=("soundfile", "soxr"),
        extra="audio",
    ),
    Component(
        "presenter",
        "sounds",
        "gansuite_audio.presenter:AudioPresenter",
        "players with mel spectrograms",
    ),
    Component(
        "panel",
        "audio-samples",
        "gansuite_audio.panels.samples:SamplesPanel",
        "players and mel spectrograms of samples beside their nearest training items",
    ),
    Component(
        "panel",
        "audio-steps",
        "gansuite_audio.panels.progress:ProgressPanel",
        "spectrograms of the same latents step by step, on a slider and as a film",
    ),
    Component(
        "panel",
        "audio-translations",
        "gansuite_audio.panels.translations:TranslationsPanel",
        "players of held-out sounds beside their translations and the right answers",
    ),
)
