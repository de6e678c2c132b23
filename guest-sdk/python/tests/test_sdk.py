import contextlib
import io
import json
import sys
import unittest
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

sys.path.insert(0, str(Path(__file__).parents[1]))

from kiteline_guest import Batch, Operation, Plugin, PluginError, export, log, target
from kiteline_guest.testing import Collection, Err, Field, Origin, Result, Vector, run

LARGE = 2**53 + 1


@dataclass
class Config:
    name: str
    mode: Literal["a", "b"] = "a"
    sizes: list[int] = field(default_factory=list, metadata={"doc": "some sizes"})
    names: dict[str, str] = field(default_factory=dict)
    limit: float | None = None


class Typed(Plugin[Config]):
    name = "typed"
    version = "1.2.3"
    config = Config

    def process(self, batch: Batch) -> None:
        pass


def work(rows: list[dict[str, object]], job: Callable[[Batch], None], **options: object) -> Result:
    class Job(Plugin[object]):
        name = "job"
        version = "1"

        def process(self, batch: Batch) -> None:
            job(batch)

    return run(export(Job), {}, rows, **options)  # type: ignore[arg-type]


class ConfigTest(unittest.TestCase):
    def test_mistakes_are_named_by_their_key(self) -> None:
        cases = {
            "missing key `name`": {},
            "name: expected string": {"name": 1},
            "mode: expected one of a, b": {"name": "x", "mode": "c"},
            "sizes[1]: expected integer": {"name": "x", "sizes": [1, True]},
            "names.k: expected string": {"name": "x", "names": {"k": 1}},
            "limit: expected number": {"name": "x", "limit": "1"},
            "unknown key `nam`, expected `name`, `mode`, `sizes`, `names`, `limit`": {"nam": "x"},
        }
        for message, config in cases.items():
            with self.assertRaises(Err) as caught:
                run(export(Typed), config, [])
            self.assertEqual(caught.exception.value, message)

    def test_an_integer_is_a_number(self) -> None:
        run(export(Typed), {"name": "x", "limit": 1}, [])

    def test_the_schema_is_made_of_the_dataclass(self) -> None:
        schema = json.loads(export(Typed)().describe().config_schema)
        self.assertEqual(schema["required"], ["name"])
        self.assertFalse(schema["additionalProperties"])
        self.assertEqual(schema["properties"]["mode"], {"enum": ["a", "b"], "default": "a"})
        sizes = {"type": "array", "items": {"type": "integer"}, "description": "some sizes"}
        self.assertEqual(schema["properties"]["sizes"], sizes)


class BatchTest(unittest.TestCase):
    def test_reading_gives_the_values_of_its_type(self) -> None:
        def job(batch: Batch) -> None:
            self.assertEqual(batch.texts("a"), ["x", None, None, None, None])
            self.assertEqual(batch.ints("a"), [None, LARGE, None, None, None])
            self.assertEqual(batch.floats("a"), [None, None, 1.5, None, None])
            self.assertEqual(batch.bools("a"), [None, None, None, True, None])
            self.assertEqual(batch.ints("/m/n/0"), [7, None, None, None, None])
            self.assertEqual(batch.json_texts("a"), ['"x"', str(LARGE), "1.5", "true", None])

        work([{"a": "x", "m": {"n": [7]}}, {"a": LARGE}, {"a": 1.5}, {"a": True}, {}], job)

    def test_map_texts_rejects_what_is_no_text(self) -> None:
        result = work([{"a": "x"}, {"a": 1}, {}], lambda batch: batch.map_texts("a", lambda text: text and text + "!"))
        self.assertEqual((result.rows[0], result.rejected), ({"a": "x!"}, {1: "a is not a text"}))

    def test_vectors_and_arrays_come_back_as_they_were_set(self) -> None:
        def job(batch: Batch) -> None:
            batch.set_vectors("w", [vector and [2 * number for number in vector] for vector in batch.vectors("v")])
            self.assertEqual((batch.dims("v"), batch.text_arrays("t"), batch.int_arrays("t")), ([2, -1], [["a"], None], [None, None]))

        self.assertEqual(work([{"v": Vector([1.0, 2.0]), "t": ["a"]}, {}], job).rows[0]["w"], [2.0, 4.0])

    def test_an_integer_of_more_than_64_bits_is_refused_without_its_digits(self) -> None:
        with contextlib.redirect_stderr(io.StringIO()) as printed, self.assertRaises(Err) as caught:
            work([{}], lambda batch: batch.set_ints("n", [2**63]))
        self.assertRegex(caught.exception.value, r"^OverflowError at test_sdk.py:\d+$")
        self.assertIn("Traceback", printed.getvalue())

    def test_rows_can_be_routed_and_repeated(self) -> None:
        def job(batch: Batch) -> None:
            batch.set_operations([Operation.DELETE, Operation.UPSERT])
            batch.set_partitions(["p", None])
            batch.repeat([2, 1])
            batch.discard(2)
            self.assertEqual(batch.topics(), ["t", "t", "test"])

        result = work([{"n": 1}, {"n": 2}], job, origins=[Origin(topic="t")])
        self.assertEqual([row["n"] for row in result.rows], [1, 1, 2])
        self.assertEqual((result.partitions, result.discarded), (["p", "p", None], {2}))
        self.assertEqual(result.operations[1], Operation.DELETE)

    def test_a_plugin_error_is_shown_as_it_is(self) -> None:
        def job(batch: Batch) -> None:
            raise PluginError("name is too long")

        with self.assertRaises(Err) as caught:
            work([], job)
        self.assertEqual(caught.exception.value, "name is too long")

    def test_target_and_log_answer(self) -> None:
        def job(batch: Batch) -> None:
            (name,) = target.collections()
            log.warn(f"{name} {target.dim(name, 'v')} {target.primary_key(name)} {target.dim(name, 'x')} {target.auto_id('other')}")

        items = Collection({"v": Field("FloatVector", dim=8)}, primary_key="id")
        self.assertEqual(work([], job, target={"items": items}).logs, ["warn: items 8 id None False"])


class RecordsTest(unittest.TestCase):
    def test_a_record_reads_any_type_and_what_a_loop_does_not_write_stays(self) -> None:
        first = {"n": 1, "s": "a", "deep": {"id": LARGE}}

        def job(batch: Batch) -> None:
            for record in batch.records():
                if record["n"] == 1:
                    record["s"] = "new"
                    self.assertEqual((record["/deep/id"], record["s"]), (LARGE, "new"))
                elif record["n"] == "two":
                    record["n"] = 2
                else:
                    record.discard()
                record["copy"] = record["deep"]

        result = work([first, {"n": "two", "s": "b"}, {"n": LARGE}], job)
        want = [{**first, "s": "new", "copy": {"id": LARGE}}, {"n": 2, "s": "b"}, {"n": LARGE}]
        self.assertEqual((result.rows, result.discarded), (want, {2}))

    def test_a_loop_that_ends_early_is_written(self) -> None:
        def job(batch: Batch) -> None:
            for record in batch.records():
                record["n"] = 1.5
                break

        self.assertEqual(work([{"n": 2}, {"n": 3}], job).rows, [{"n": 1.5}, {"n": 3.0}])


if __name__ == "__main__":
    unittest.main()
