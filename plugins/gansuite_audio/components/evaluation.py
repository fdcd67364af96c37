"""Extractors and metrics of sounds."""

from __future__ import annotations

from gansuite.plugins import Component

COMPONENTS: tuple[Component, ...] = (
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
        "extractor",
        "sound-classifier",
        "gansuite_audio.metrics.sound_classifier:SoundClassifier",
        "a convolutional classifier trained once on the labelled sounds: hidden units or class probabilities",
        reference="park2019specaugment",
    ),
    Component(
        "extractor",
        "log-mel-frames",
        "gansuite_audio.metrics.log_mel_frames:LogMelFrames",
        "a log-mel spectrogram, all its bands and frames: for distances to nearest neighbours",
        reference="donahue2019adversarial",
    ),
    Component(
        "extractor",
        "pitch",
        "gansuite_audio.metrics.pitch:Pitch",
        "the MIDI pitch of a note and how clear it is",
        reference="decheveigne2002yin",
    ),
    Component(
        "metric",
        "pitch-accuracy",
        "gansuite_audio.metrics.pitch_metrics:PitchAccuracy",
        "share of samples that have the pitch that was asked for",
        reference="engel2019gansynth",
    ),
    Component(
        "metric",
        "pitch-entropy",
        "gansuite_audio.metrics.pitch_metrics:PitchEntropy",
        "entropy of the samples' pitches, corrected for bias",
        reference="miller1955note",
    ),
    Component(
        "metric",
        "mel-error",
        "gansuite_audio.metrics.mel_error:MelError",
        "log-mel and STFT distance of vocoded recordings from the recordings",
        requires=("torchaudio",),
        extra="audio",
        reference="kong2020hifigan",
    ),
)
