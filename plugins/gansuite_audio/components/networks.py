"""Priors, generators, critics, translators and games of sounds."""

from __future__ import annotations

from gansuite.networks.offered import offered
from gansuite.plugins import Component

COMPONENTS: tuple[Component, ...] = (
    *offered("unet", "resnet", "munit", "patch", "stargan", "dcgan"),
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
        "generator",
        "specgan",
        "gansuite_audio.networks.specgan:SpecGANGenerator",
        "transposed convolutions of stride 2 from a latent to a spectrogram",
        reference="donahue2019adversarial",
    ),
    Component(
        "critic",
        "specgan",
        "gansuite_audio.networks.specgan:SpecGANCritic",
        "convolutions of stride 2 from a spectrogram to a score",
        reference="donahue2019adversarial",
    ),
    Component(
        "generator",
        "gansynth",
        "gansuite_audio.networks.gansynth:GANSynthGenerator",
        "growing convolutions with pixel norm from a latent to a spectrogram",
        reference="engel2019gansynth",
    ),
    Component(
        "critic",
        "gansynth",
        "gansuite_audio.networks.gansynth:GANSynthCritic",
        "growing convolutions with minibatch deviation from a spectrogram to a score",
        reference="engel2019gansynth",
    ),
    Component(
        "critic",
        "multi-scale",
        "gansuite_audio.networks.multi_scale:MultiScaleCritic",
        "scores of a waveform at three time scales: several a sample",
        reference="kumar2019melgan",
    ),
    Component(
        "critic",
        "multi-period",
        "gansuite_audio.networks.multi_period:MultiPeriodCritic",
        "scores of every p-th sample of a waveform, for five periods p: several a sample",
        reference="kong2020hifigan",
    ),
    Component(
        "prior",
        "pitch",
        "gansuite_audio.priors.pitch:Pitch",
        "normal latents and a pitch, one-hot",
        reference="engel2019gansynth",
    ),
    Component(
        "translator",
        "hifigan",
        "gansuite_audio.networks.hifigan:HiFiGANGenerator",
        "transposed convolutions and residual blocks from a mel spectrogram to a waveform",
        reference="kong2020hifigan",
    ),
    Component(
        "critic",
        "hifigan",
        "gansuite_audio.networks.hifigan_critic:HiFiGANCritic",
        "multi-period and multi-scale together: several scores a sample",
        reference="kong2020hifigan",
    ),
    Component(
        "game",
        "vocoder",
        "gansuite_audio.games.vocoder:Vocoder",
        "a waveform from its own mel spectrogram: adversarial, matched features, mel error",
        requires=("torchaudio",),
        extra="audio",
        reference="kong2020hifigan",
    ),
)
