"""Encoders and decoders of content and style: published sizes, the layout of codes, and what style may change."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from gansuite.errors import UserError
from gansuite.networks.coders import ConvolutionalDecoder, ConvolutionalEncoder
from gansuite.networks.grids import InstanceNorm

from .grid_domains import Code, Grid, convolution, made, numbers, size

SMALL: dict[str, Any] = {"dim": 4, "downsamples": 1, "blocks": 1}
GRIDS = [(Grid((2, 16)), 8), (Grid((1, 8, 16)), 32)]  # and the places of a map of half the size


def test_published_sizes():
    spec, code = Grid((3, 256, 256)), Code(256 * 64 * 64 + 8, style=8)
    with torch.device("meta"):
        found = size(ConvolutionalEncoder(spec, code)) + size(ConvolutionalDecoder(spec, code))
    down = convolution(7, 3, 64) + convolution(4, 64, 128) + convolution(4, 128, 256)
    blocks = 8 * convolution(3, 256, 256)
    content, style = down + blocks, down + 2 * convolution(4, 256, 256) + convolution(1, 256, 8)
    ups = convolution(5, 256, 128) + 2 * 128 + convolution(5, 128, 64) + 2 * 64 + convolution(7, 64, 3)
    perceptron = 8 * 256 + 256 + 256 * 256 + 256 + 257 * (8 * 2 * 256)  # to both moments of eight normalisations
    assert found == content + style + blocks + ups + perceptron == 15_026_187


@pytest.mark.parametrize(("spec", "places"), GRIDS)
@pytest.mark.parametrize("style", [0, 5])
def test_codes_there_and_back(spec, places, style):
    code = Code(3 * places + style, style)
    encoder, decoder = made(ConvolutionalEncoder, spec, code, **SMALL), made(ConvolutionalDecoder, spec, code, **SMALL)
    x = numbers(spec)
    z = encoder(x)
    assert z.shape == (3, code.size)
    y = decoder(z)
    assert y.shape == x.shape
    assert float(y.detach().abs().max()) < 1
    y.square().sum().backward()
    assert all(each.grad is not None for module in (encoder, decoder) for each in module.parameters())
    blocks = encoder.shared(2).double()
    content = z[:, : 3 * places]
    assert blocks(content).shape == content.shape
    with torch.device("meta"):
        z = ConvolutionalEncoder(spec, code, **SMALL)(torch.empty(3, *spec.shape))
        assert ConvolutionalDecoder(spec, code, **SMALL)(z).shape == x.shape


def silenced(module: Any) -> None:
    module.forward = lambda x: x


def test_content_is_a_map_with_its_places_side_by_side():
    """Without blocks, a change in one corner of a picture changes the code there, and a change there that corner."""
    spec, code = Grid((1, 32, 32)), Code(2 * 256)
    options = {"dim": 4, "downsamples": 1, "blocks": 0}
    encoder, decoder = (
        made(ConvolutionalEncoder, spec, code, **options),
        made(ConvolutionalDecoder, spec, code, **options),
    )
    for module in encoder.modules():
        if isinstance(module, InstanceNorm):
            silenced(module)  # it would spread the change
    for module in decoder.modules():
        if isinstance(module, torch.nn.GroupNorm):
            silenced(module)
    x = numbers(spec, n=1)
    changed = x.clone()
    changed[..., :4, :4] += 1
    before, after = (encoder(each).view(2, 16, 16) for each in (x, changed))
    moved = (before != after).any(0)
    assert moved[:3, :3].all()
    assert not moved[8:].any()
    assert not moved[:, 8:].any()
    z = numbers(Grid((code.size,)), n=1)
    other = z.clone()
    other.view(2, 16, 16)[:, 15, 15] += 1
    moved = (decoder(z) != decoder(other)).squeeze()
    assert moved[28:, 28:].all()
    assert not moved[:16].any()


def test_style_sets_moments_and_leaves_content_alone():
    spec, code = Grid((1, 8, 8)), Code(3 * 16 + 2, style=2)
    encoder, decoder = made(ConvolutionalEncoder, spec, code, **SMALL), made(ConvolutionalDecoder, spec, code, **SMALL)
    x = numbers(spec)
    z = encoder(x)
    bright = encoder(2 * x + 1)  # a change of contrast and brightness is style
    inner = encoder.content[1](encoder.content[0](x) - encoder.content[0].bias.view(1, -1, 1, 1))
    outer = encoder.content[1](encoder.content[0](2 * x + 1) - encoder.content[0].bias.view(1, -1, 1, 1))
    torch.testing.assert_close(inner, outer, rtol=0, atol=1e-4)
    torch.testing.assert_close(z[:, :48], bright[:, :48], rtol=0, atol=2e-3)
    assert float((z[:, 48:] - bright[:, 48:]).detach().abs().max()) > 0.05
    other = torch.cat([z[:, :48], z[:, 48:] + 1], 1)
    assert not torch.allclose(decoder(z), decoder(other))
    block = decoder.blocks[0]
    seen = []
    block.second_norm.register_forward_hook(lambda module, given, made: seen.append((given[1], made)))
    decoder(other)
    mean, deviation = block.second_norm.affine(seen[0][0]).chunk(2, 1)
    torch.testing.assert_close(seen[0][1].mean((2, 3)), mean)
    torch.testing.assert_close(seen[0][1].std((2, 3), correction=0), deviation.abs(), rtol=1e-2, atol=1e-3)


def test_without_style_there_is_no_style():
    code = Code(48)
    encoder, decoder = (
        made(kind, Grid((1, 8, 8)), code, **SMALL) for kind in (ConvolutionalEncoder, ConvolutionalDecoder)
    )
    assert encoder.style is None
    assert not any("Adaptive" in type(module).__name__ for module in decoder.modules())


def test_what_cannot_be_built():
    spec = Grid((1, 8, 8))
    with pytest.raises(UserError, match=r"50 numbers do not fill maps of 4 x 4; the nearest size of the content is 48"):
        ConvolutionalEncoder(spec, Code(50), downsamples=1)
    with pytest.raises(UserError, match=r"generator munit: 12 x 10 cannot be halved 2 times; .* set downsamples = 1"):
        ConvolutionalDecoder(Grid((1, 12, 10)), Code(8))
    with pytest.raises(UserError, match=r"a map of 1 x 1 has no 1 places to reflect; set fewer downsamples"):
        ConvolutionalEncoder(spec, Code(8), downsamples=3)


def test_a_decoder_is_the_obvious_layers():
    code = Code(3 * 16 + 2, style=2)
    decoder, z = made(ConvolutionalDecoder, Grid((1, 8, 8)), code, **SMALL), numbers(Grid((code.size,)))
    w = decoder.read(z[:, 48:])
    x = decoder.first(z[:, :48].view(3, 3, 4, 4))
    block = decoder.blocks[0]

    def styled(convolution: Any, norm: Any, y: torch.Tensor) -> torch.Tensor:
        y = convolution(y)
        mean, deviation = norm.affine(w)[:, :, None, None].chunk(2, 1)
        spread = (y.var((2, 3), correction=0, keepdim=True) + 1e-5).sqrt()
        return deviation * (y - y.mean((2, 3), keepdim=True)) / spread + mean

    y = styled(block.first, block.first_norm, x).relu()
    x = x + styled(block.second, block.second_norm, y)
    _, convolution, norm, _, last = decoder.ups
    x = convolution(x.repeat_interleave(2, 2).repeat_interleave(2, 3))
    spread = (x.var((1, 2, 3), correction=0, keepdim=True) + 1e-5).sqrt()
    x = (x - x.mean((1, 2, 3), keepdim=True)) / spread * norm.weight[:, None, None] + norm.bias[:, None, None]
    torch.testing.assert_close(decoder(z), last(x.relu()).tanh())
