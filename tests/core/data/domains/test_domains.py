from __future__ import annotations

import pytest
import torch

from gansuite.data.domains.changed import Changed
from gansuite.data.domains.label_domains import LabelDomains
from gansuite.data.domains.two_datasets import TwoDatasets
from gansuite.data.domains.variants import Variants
from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from .small_pictures import Half, Noise, Plus, Rows

INDEX = torch.tensor([0, 2, 3, 3])


def number(x):
    return x[:, 0, 0].tolist()


def test_undo_gives_the_changed_item_to_make_the_plain_one_of():
    batch = Changed(of=Rows(), by=[Plus(1000)]).batch("train", INDEX, Rng(0))
    assert number(batch["data"]) == [0, 2, 3, 3]
    assert number(batch["source"]) == [1000, 1002, 1003, 1003]
    assert batch["label"].tolist() == batch["content"].tolist() == [0, 2, 0, 0]


def test_do_is_the_other_way_round_and_domains_follow():
    undo, do = (Changed(of=Rows(), by=[Half()], direction=direction) for direction in ("undo", "do"))
    assert (undo.spec.shape, undo.spec.source.shape) == ((1, 2), (1, 1))
    assert (do.spec.shape, do.spec.source.shape) == ((1, 1), (1, 2))
    assert do.batch("test", INDEX, None)["data"].shape == (4, 1, 1)


def test_unpaired_sources_are_of_other_items_and_carry_their_own_class():
    data = Changed(of=Rows(), by=[Plus(1000)], paired=False)
    still = data.batch("test", torch.tensor([0, 1]), None)
    assert (number(still["data"]), number(still["source"])) == ([200, 201], [1202, 1203])
    assert (still["label"].tolist(), still["content"].tolist()) == ([0, 1], [2, 0])
    drawn = [number(data.batch("train", INDEX, Rng(seed))["source"]) for seed in range(20)]
    assert {n for each in drawn for n in each} == {1000.0 + i for i in range(7)}


def test_held_out_items_are_changed_alike_in_any_batch_and_training_items_anew():
    data = Changed(of=Rows(), by=[Noise()])
    whole = data.batch("test", torch.arange(4), None)["source"]
    assert torch.equal(data.batch("test", torch.tensor([3]), None)["source"], whole[3:])
    assert whole[0, 0, 0] - 200 != whole[1, 0, 0] - 201
    first, second = (data.batch("train", INDEX, Rng(seed))["source"] for seed in (0, 1))
    assert not torch.equal(first, second)
    assert not torch.equal(
        Changed(of=Rows(), by=[Noise()], seed=1).batch("test", torch.arange(4), None)["source"], whole
    )


def test_two_datasets_without_pairs():
    data = TwoDatasets(source=Rows((3, 0, 2), ("c", "x"), first=1000), target=Rows())
    batch = data.batch("train", INDEX, Rng(0))
    assert number(batch["data"]) == [0, 2, 3, 3]
    assert all(1000 <= n < 1003 for n in number(batch["source"]))
    # "c" is class 2 of the data, which has no "x"
    assert [2 if n % 2 == 0 else -1 for n in number(batch["source"])] == batch["content"].tolist()
    assert data.count("train") == 7
    assert data.batch("test", torch.tensor([3]), None)["source"][0, 0, 0] == 1201


def test_pairs_are_found_by_name_in_whatever_split_the_source_lies():
    target = {"train": ["a/1.png", "a/2.png"], "valid": [], "test": ["b/3.png"]}
    source = {"train": ["b/3.jpg"], "valid": ["a/1.jpg"], "test": ["a/2.jpg", "more.jpg"]}
    data = TwoDatasets(
        source=Rows((1, 1, 2), names=source, first=1000), target=Rows((2, 0, 1), names=target), paired=True
    )
    batch = data.batch("train", torch.tensor([1, 0, 1]), Rng(0))
    assert (number(batch["data"]), number(batch["source"])) == ([1, 0, 1], [1200, 1100, 1200])
    assert batch["content"].tolist() == [0, 0, 0]
    assert number(data.batch("test", torch.tensor([0]), None)["source"]) == [1000]


def test_pairs_that_do_not_match_are_named():
    target = Rows((2, 0, 0), names={"train": ["1.png", "2.png"], "valid": [], "test": []})
    source = Rows((1, 0, 0), names={"train": ["1.png"], "valid": [], "test": []})
    with pytest.raises(UserError, match=r"1 of 2 items have no source of the same name, as '2'.*paired = false"):
        TwoDatasets(source=source, target=target, paired=True)
    twice = Rows((2, 0, 0), names={"train": ["1.png", "1.jpg"], "valid": [], "test": []})
    with pytest.raises(UserError, match=r"two sources are called '1'"):
        TwoDatasets(source=twice, target=target, paired=True)


def test_classes_become_domains():
    data = LabelDomains(of=Rows(), source=["b"], target=["c", "a"])
    assert data.spec.labels == ("c", "a")
    assert data.count("train") == 5  # items 0, 2, 3, 5, 6
    batch = data.batch("train", torch.tensor([0, 1, 4]), Rng(0))
    assert (number(batch["data"]), batch["label"].tolist()) == ([0, 2, 6], [1, 0, 1])
    assert set(number(batch["source"])) <= {1, 4}
    assert data.names("test") == ["test/0.png", "test/2.png", "test/3.png"]
    assert number(data.batch("test", torch.tensor([0, 1]), None)["source"]) == [201, 201]
    assert "label" not in LabelDomains(of=Rows(), source=["b"], target=["a"]).batch("train", INDEX[:1], None)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"of": Rows(labels=()), "source": ["a"], "target": ["b"]}, "has no labels"),
        ({"of": Rows(labels=("one", "two")), "source": ["one"], "target": ["tow"]}, "no label 'tow'.*'two'"),
        ({"of": Rows(), "source": ["a", "b"], "target": ["b"]}, "'b' is on both sides"),
        ({"of": Rows((1, 0, 3)), "source": ["a"], "target": ["b"]}, "no training item"),
    ],
)
def test_domains_that_cannot_be(given, message):
    with pytest.raises(UserError, match=message):
        LabelDomains(**given)


def test_variants_hold_each_item_once_in_every_domain():
    data = Variants(of=Rows(), into=[Plus(1000), Plus(2000)])
    assert data.spec.labels == data.spec.source.labels == ("plain", "plus 1", "plus 2")
    assert data.spec.contents == ("a", "b", "c")
    assert data.count("train") == 21
    batch = data.batch("train", torch.arange(6), Rng(0))
    assert number(batch["data"]) == [0, 1000, 2000, 1, 1001, 2001]
    assert batch["label"].tolist() == [0, 1, 2, 0, 1, 2]
    assert batch["content"].tolist() == [0, 0, 0, 1, 1, 1]
    assert data.names("test")[4] == "test/1.png (plus 1)"
    bare = Variants(of=Rows(), into=[Plus(1), Plus(2)], plain=False, domains=["one", "two"])
    assert number(bare.batch("train", torch.arange(3), None)["data"]) == [1, 2, 2]
    assert bare.summary["labels"] == {"one": 11, "two": 11}


def test_variants_that_cannot_be():
    with pytest.raises(UserError, match="half changes the shape"):
        Variants(of=Rows(), into=[Half()])
    with pytest.raises(UserError, match="give 2 names"):
        Variants(of=Rows(), into=[Plus(1)], domains=["one"])
    with pytest.raises(UserError, match="one domain is none"):
        Variants(of=Rows(), into=[Plus(1)], plain=False)


def test_what_is_done_is_in_the_fingerprint():
    made = [
        Changed(of=Rows(), by=[Plus(1)]),
        Changed(of=Rows(), by=[Plus(2)]),
        Changed(of=Rows(), by=[Plus(1)], paired=False),
        Changed(of=Rows(first=1), by=[Plus(1)]),
        Variants(of=Rows(), into=[Plus(1)]),
        LabelDomains(of=Rows(), source=["a"], target=["b"]),
        LabelDomains(of=Rows(), source=["b"], target=["a"]),
    ]
    assert len({each.fingerprint for each in made}) == len(made)
    assert Changed(of=Rows(), by=[Plus(1)]).fingerprint == made[0].fingerprint


def test_data_sets_move_with_their_parts():
    for data in (
        Changed(of=Rows(), by=[Plus(1)]),
        Variants(of=Rows(), into=[Plus(1)]),
        LabelDomains(of=Rows(), source=["a"], target=["b", "c"]),
        TwoDatasets(source=Rows(), target=Rows(), paired=True),
    ):
        moved = data.to("cpu")
        assert type(moved) is type(data)
        index = torch.arange(2)
        assert torch.equal(moved.batch("test", index, None)["data"], data.batch("test", index, None)["data"])
