from __future__ import annotations

import random

import pytest

from gansuite.data.split import SHARES, check_shares, digest_of, digest_of_file, split_of
from gansuite.errors import UserError

DIGESTS = [digest_of(str(i).encode()) for i in range(20000)]


def test_shares_are_met_within_four_standard_deviations():
    for name, share in SHARES.items():
        found = sum(split_of(digest, SHARES) == name for digest in DIGESTS) / len(DIGESTS)
        assert abs(found - share) < 4 * (share * (1 - share) / len(DIGESTS)) ** 0.5


def test_an_item_keeps_its_split_whatever_stands_beside_it():
    few = {digest: split_of(digest, SHARES) for digest in DIGESTS[:100]}
    shuffled = random.Random(0).sample(DIGESTS, len(DIGESTS))
    many = {digest: split_of(digest, SHARES) for digest in shuffled}
    assert few == {digest: many[digest] for digest in few}


def test_a_larger_training_share_only_adds_to_the_training_split():
    small, large = {"train": 0.5, "test": 0.5}, {"train": 0.7, "test": 0.3}
    train = [digest for digest in DIGESTS if split_of(digest, small) == "train"]
    assert all(split_of(digest, large) == "train" for digest in train)


def test_a_share_of_zero_gets_nothing_and_the_largest_hash_has_a_place():
    assert {split_of(digest, {"train": 1.0, "valid": 0, "test": 0}) for digest in DIGESTS} == {"train"}
    assert split_of("f" * 64, {"train": 0.9, "valid": 0.1 - 1e-9}) == "valid"


def test_a_file_has_the_digest_of_its_bytes(tmp_path):
    content = random.Random(0).randbytes(300_000)
    (tmp_path / "file").write_bytes(content)
    assert digest_of_file(tmp_path / "file") == digest_of(content)


@pytest.mark.parametrize(
    "shares", [{"train": 0.5}, {"train": 1.2, "test": -0.2}, {"train": 0.0, "test": 1.0}, {"dev": 1.0}, {}]
)
def test_shares_that_make_no_split_are_refused(shares):
    with pytest.raises(UserError, match=r"^split"):
        check_shares(shares)
