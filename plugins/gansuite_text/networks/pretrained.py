"""Networks of the library transformers: made from a few numbers, or read from a folder on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from gansuite.errors import UserError
from gansuite.plugins.wording import one_line

from ..spec import TextSpec, tokenizer_of

EXACT = {"attn_implementation": "eager"}
"""Attention written out: differentiable as often as a penalty asks."""


def made(kind: Any, config: Any) -> Any:
    """A fresh network of the library's class for ``kind`` of model."""
    return kind.from_config(quiet(config), **EXACT)


def loaded(kind: Any, folder: str, spec: TextSpec) -> Any:
    """The network of a folder, from its safetensors and the installed library's code alone; nothing is downloaded.

    Raises:
        UserError: a file is missing, or the model does not fit the texts.
    """
    from transformers import AutoConfig

    place = Path(folder).expanduser()
    if not place.is_dir():
        raise UserError(f"folder = {folder!r}: there is no such folder; give one that save_pretrained(...) wrote")
    for pattern, remedy in (
        ("config.json", "copy the whole folder"),
        ("*.safetensors", "write it with save_pretrained(...)"),
    ):
        if not list(place.glob(pattern)):
            raise UserError(f"folder = {folder!r}: {pattern} is missing; {remedy}")
    try:
        config = AutoConfig.from_pretrained(str(place), local_files_only=True, trust_remote_code=False)
        check_fit(config, place, spec)
        options = {"local_files_only": True, "trust_remote_code": False, "use_safetensors": True, **EXACT}
        with silent():
            model, told = kind.from_pretrained(str(place), config=quiet(config), output_loading_info=True, **options)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise UserError(f"folder = {folder!r}: cannot be read: {one_line(error)[:200]}") from error
    missing = sorted(name for name in told["missing_keys"] if "pooler" not in name)
    if missing:
        raise UserError(f"folder = {folder!r}: its weights lack {missing[0]}; they are those of another kind of model")
    return model.to(torch.float32)


@contextmanager
def silent() -> Iterator[None]:
    """Without the library's bar and its report of what a folder has besides: what matters of it is told as an error."""
    from transformers.utils import logging

    level, bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bar:
            logging.enable_progress_bar()


def check_fit(config: Any, place: Path, spec: TextSpec) -> None:
    """Refuse a model of other tokens than the data's, or of shorter texts.

    Raises:
        UserError: with the remedy.
    """
    if config.vocab_size != spec.vocabulary:
        raise UserError(
            f"folder = {str(place)!r}: its vocabulary has {config.vocab_size} tokens and the data's {spec.vocabulary}; "
            "give [data] tokenizer the same folder"
        )
    file = place / "tokenizer.json"
    if spec.tokenizer is not None and file.is_file():
        from tokenizers import Tokenizer

        try:
            known = Tokenizer.from_file(str(file)).get_vocab()
        except Exception as error:  # the library raises no class of its own
            raise UserError(f"{file}: no file of a tokenizer ({error}); save it again as a fast tokenizer") from error
        if known != tokenizer_of(spec.tokenizer).get_vocab():
            raise UserError(
                f"folder = {str(place)!r}: its tokenizer numbers other tokens than the data's; "
                "give [data] tokenizer the same folder"
            )
    room = getattr(config, "max_position_embeddings", None)
    if room is not None and room < spec.length:
        raise UserError(
            f"folder = {str(place)!r}: it reads {room} tokens and texts have {spec.length}; lower [data] length"
        )


def quiet(config: Any) -> Any:
    """The configuration without the library's drop-out, which draws from the global random numbers."""
    for name, value in vars(config).items():
        if ("drop" in name or name.endswith("_pdrop")) and isinstance(value, float):
            setattr(config, name, 0.0)
    return config


def check_heads(heads: int, width: int) -> None:
    """Refuse a width that cannot be shared by the heads.

    Raises:
        UserError: it cannot.
    """
    if width % heads:
        raise UserError(f"width = {width} cannot be shared by {heads} heads; give a multiple of {heads}")
