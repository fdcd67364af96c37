"""The networks of sounds and of spectrograms keep the contracts of their kinds."""

from __future__ import annotations

from torch import nn

from gansuite.networks.patch import PatchCritic
from gansuite.priors.uniform import Uniform
from gansuite.testing.contracts import CriticContract, GeneratorContract, SeveralScoresContract
from gansuite_audio.networks.gansynth import GANSynthCritic, GANSynthGenerator
from gansuite_audio.networks.multi_period import MultiPeriodCritic
from gansuite_audio.networks.multi_scale import MultiScaleCritic
from gansuite_audio.networks.specgan import SpecGANCritic, SpecGANGenerator
from gansuite_audio.networks.wavegan import WaveGANCritic, WaveGANGenerator
from gansuite_audio.spec import AudioSpec, SpectrogramSpec

SPEC = AudioSpec(rate=16000, channels=2, length=1024)
PICTURE = SpectrogramSpec(rate=16000, channels=2, bins=32, frames=64)


class TestGenerator(GeneratorContract):
    spec, prior = SPEC, Uniform(SPEC, size=7)

    def make(self) -> nn.Module:
        return WaveGANGenerator(self.spec, self.prior, dim=2)


class TestFilteredGenerator(GeneratorContract):
    spec, prior = SPEC, Uniform(SPEC, size=7)

    def make(self) -> nn.Module:
        return WaveGANGenerator(self.spec, self.prior, dim=2, post_filter=32)


class TestCritic(CriticContract):
    spec = SPEC

    def make(self) -> nn.Module:
        return WaveGANCritic(self.spec, dim=2, phase_shuffle=2)


class TestSpecGANGenerator(GeneratorContract):
    spec, prior = PICTURE, Uniform(PICTURE, size=7)

    def make(self) -> nn.Module:
        return SpecGANGenerator(self.spec, self.prior, dim=2)


class TestSpecGANCritic(CriticContract):
    spec = PICTURE

    def make(self) -> nn.Module:
        return SpecGANCritic(self.spec, dim=2, phase_shuffle=1)


class OneLevel(nn.Module):
    """A grown network without the edges of other levels, which no gradient reaches."""

    def __init__(self, network: GANSynthGenerator | GANSynthCritic, edges: nn.ModuleList) -> None:
        super().__init__()
        for edge in edges[:-1]:
            edge.requires_grad_(False)
        self.network = network

    def __getattr__(self, name):
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(super().__getattr__("network"), name)

    def forward(self, *inputs):
        return self.network(*inputs)

    def named_parameters(self, *options, **more):
        return ((name, each) for name, each in super().named_parameters(*options, **more) if each.requires_grad)


class TestGANSynthGenerator(GeneratorContract):
    spec, prior = PICTURE, Uniform(PICTURE, size=7)

    def make(self) -> nn.Module:
        network = GANSynthGenerator(self.spec, self.prior, dim=8, base=64)
        return OneLevel(network, network.samples)


class TestGANSynthCritic(CriticContract):
    spec = PICTURE

    def make(self) -> nn.Module:
        network = GANSynthCritic(self.spec, dim=8, base=64)
        return OneLevel(network, network.readers)


class TestMultiScale(SeveralScoresContract):
    spec = SPEC

    def make(self) -> nn.Module:
        return MultiScaleCritic(self.spec, dim=4)


class TestMultiPeriod(SeveralScoresContract):
    spec = SPEC

    def make(self) -> nn.Module:
        return MultiPeriodCritic(self.spec, dim=2)


class TestPatch(SeveralScoresContract):
    spec = PICTURE

    def make(self) -> nn.Module:
        return PatchCritic(self.spec, dim=2, norm="none")


class TestPatchWithInstanceNorm(SeveralScoresContract):
    spec = PICTURE

    def make(self) -> nn.Module:
        return PatchCritic(self.spec, dim=2)


del SeveralScoresContract  # pytest shall not collect the base
