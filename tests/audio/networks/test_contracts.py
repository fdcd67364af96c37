"""WaveGAN's networks keep the contracts of their kinds."""

from __future__ import annotations

from torch import nn

from gansuite.priors.uniform import Uniform
from gansuite.testing.contracts import CriticContract, GeneratorContract
from gansuite_audio.networks.wavegan import WaveGANCritic, WaveGANGenerator
from gansuite_audio.spec import AudioSpec

SPEC = AudioSpec(rate=16000, channels=2, length=1024)


class TestGenerator(GeneratorContract):
    spec, prior = SPEC, Uniform(SPEC, size=7)

    def make(self) -> nn.Module:
        return WaveGANGenerator(self.spec, self.prior, dim=2)


class TestCritic(CriticContract):
    spec = SPEC

    def make(self) -> nn.Module:
        return WaveGANCritic(self.spec, dim=2, phase_shuffle=2)
