import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[4] / "guest-sdk/python"))

import app
from kiteline_guest.testing import run


class LabelTest(unittest.TestCase):
    def test_rows_are_labelled_and_checked(self) -> None:
        good = {"id": 1, "title": "a kite", "tenant": "t"}
        result = run(app.WitWorld, {}, [good, {**good, "id": 0}, {"id": 2, "title": "a kite", "emb": 3}])
        self.assertEqual(result.rows[0], {**good, "label": "t: a kite"})
        self.assertEqual(result.rows[2], {"id": 2, "title": "a kite", "embedding": 3})
        self.assertEqual(result.rejected, {1: "id is not positive"})


if __name__ == "__main__":
    unittest.main()
