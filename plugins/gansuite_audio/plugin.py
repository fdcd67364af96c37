"""What the audio plugin offers. Imports nothing heavy: targets are strings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gansuite.plugins import Component, hookimpl

SOUND = ("soundfile", "soxr")

COMPONENTS = (
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
        "generator",
        "wavegan",
        "gansuite_audio.networks.wavegan:WaveGANGenerator",
        "transposed convolutions of stride 4 from a latent to a waveform",
        reference="donahue2019adversarial",
    ),
    Component(
        "critic",
        "wavegan",
        "gansuite_audio.networks.wavegan:WaveGANCritic",
        "convolutions of stride 4 with phase shuffle from a waveform to a score",
        reference="donahue2019adversarial",
    ),
    Component(
        "extractor",
        "random-cnn",
        "gansuite_audio.metrics.random_cnn:RandomCNN",
        "features of a seeded random network on log-mel spectrograms: no weights to fetch",
    ),
    Component(
        "extractor",
        "log-mel",
        "gansuite_audio.metrics.log_mel:LogMelStatistics",
        "mean and deviation over time of a log-mel spectrogram",
    ),
    Component(
        "writer",
        "wav",
        "gansuite_audio.writers.wav:WavWriter",
        "one wav file a sample",
        requires=("soundfile",),
        extra="audio",
    ),
    Component(
        "panel",
        "audio-samples",
        "gansuite_audio.panels.samples:SamplesPanel",
        "players and mel spectrograms of samples beside their nearest training items",
    ),
    Component(
        "recipe",
        "wavegan",
        "gansuite:wavegan.toml",
        "WaveGAN on recorded percussion, in minutes on two cores",
        reference="donahue2019adversarial",
    ),
    Component(
        "recipe",
        "wavegan-digits",
        "gansuite:wavegan-digits.toml",
        "WaveGAN on spoken digits rendered by eSpeak NG",
        reference="donahue2019adversarial",
    ),
    Component(
        "recipe",
        "wavegan-sc09",
        "gansuite:wavegan-sc09.toml",
        "WaveGAN as published, on the spoken digits of SC09 in a folder of your own",
        reference="donahue2019adversarial",
    ),
    Component(
        "recipe",
        "wavegan-long",
        "gansuite:wavegan-long.toml",
        "WaveGAN on random slices of 65,536 stereo samples at 44.1 kHz",
        reference="donahue2019adversarial",
    ),
)


@hookimpl
def gansuite_components() -> Iterable[Component]:
    """Datasets, networks, features and writers for sound."""
    return COMPONENTS


@hookimpl
def gansuite_observers(run: Any) -> Iterable[Any]:
    """Samples that can be heard in TensorBoard."""
    from gansuite_audio.observers import observers

    return observers(run)
