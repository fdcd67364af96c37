"""Datasets and the writer."""

from __future__ import annotations

from gansuite.plugins import Component

COMPONENTS = (
    Component(
        "dataset",
        "file",
        "gansuite_text.data.file:TextFile",
        "texts of any txt, jsonl, csv, tsv or parquet file or folder",
        requires=("tokenizers",),
        extra="text",
    ),
    Component(
        "dataset",
        "glosses",
        "gansuite_text.data.glosses:Glosses",
        "30,255 definitions of WordNet that come with gansuite",
        requires=("tokenizers",),
        extra="text",
    ),
    Component(
        "dataset",
        "oracle",
        "gansuite_text.data.oracle:OracleTask",
        "the synthetic task of SeqGAN: texts of a random LSTM whose likelihood is known",
        reference="yu2017seqgan",
    ),
    Component(
        "dataset",
        "markov",
        "gansuite_text.data.markov:Markov",
        "texts of a Markov chain, whose entropy and divergences are known exactly",
    ),
    Component(
        "dataset",
        "cfg",
        "gansuite_text.data.grammar:Grammar",
        "sentences of a probabilistic grammar, whose validity is decided exactly",
    ),
    Component("writer", "txt", "gansuite_text.writers.txt:TxtWriter", "one text a line, or one JSON object"),
)
