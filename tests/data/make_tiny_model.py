"""Make `tiny-model`, a sentence-embedding model in the form of the real ones, small enough to be kept with the tests.

    pip install onnx==1.23.2 && python tests/data/make_tiny_model.py

A text is cut into its letters and figures; each has a vector drawn with a fixed seed, and the mean of those is the
text's. It means nothing, and tells texts apart. The file is the same, byte for byte, however often it is made.
"""

from __future__ import annotations

import json
import random
import string
from pathlib import Path

from onnx import TensorProto, checker, helper, save

FOLDER = Path(__file__).parent / "tiny-model"
WIDTH = 16
CHARACTERS = string.ascii_lowercase + string.digits
MARKS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
VOCABULARY = [*MARKS, *CHARACTERS, *(f"##{character}" for character in CHARACTERS)]


def make_model() -> None:
    dice = random.Random(7)
    table = [round(dice.gauss(0, 1), 3) for _ in range(len(VOCABULARY) * WIDTH)]
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["found"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["wide_mask"]),
        helper.make_node("Mul", ["found", "wide_mask"], ["last_hidden_state"]),
    ]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "length", WIDTH])
    constants = [
        helper.make_tensor("table", TensorProto.FLOAT, [len(VOCABULARY), WIDTH], table),
        helper.make_tensor("last", TensorProto.INT64, [1], [-1]),
    ]
    graph = helper.make_graph(nodes, "tiny", inputs, [output], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    save(model, str(FOLDER / "model.onnx"))


def make_tokenizer() -> None:
    numbers = {token: number for number, token in enumerate(VOCABULARY)}
    marks = [
        {"id": numbers[mark], "content": mark, "special": True, "normalized": False}
        | dict.fromkeys(("single_word", "lstrip", "rstrip"), False)
        for mark in MARKS
    ]
    pieces = [
        {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
        {"Sequence": {"id": "A", "type_id": 0}},
        {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
    ]
    specials = {mark: {"id": mark, "ids": [numbers[mark]], "tokens": [mark]} for mark in ("[CLS]", "[SEP]")}
    tokenizer = {
        "version": "1.0",
        # As real ones come: padded to a fixed length, which the program must turn off.
        "truncation": {"max_length": 64, "strategy": "LongestFirst", "stride": 0, "direction": "Right"},
        "padding": {
            "strategy": {"Fixed": 64},
            "direction": "Right",
            "pad_to_multiple_of": None,
            "pad_id": 0,
            "pad_type_id": 0,
            "pad_token": "[PAD]",
        },
        "added_tokens": marks,
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": True,
            "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {"type": "TemplateProcessing", "single": pieces, "pair": pieces, "special_tokens": specials},
        "decoder": None,
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": numbers,
        },
    }
    (FOLDER / "tokenizer.json").write_text(json.dumps(tokenizer, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    make_model()
    make_tokenizer()
