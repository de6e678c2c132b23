import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "guest-sdk/python"))

import app
from kiteline_guest.testing import Collection, Err, Field, run


class CleanTextsTest(unittest.TestCase):
    def test_texts_become_of_one_kind(self) -> None:
        result = run(app.WitWorld, {"fields": ["t"]}, [{"t": " e\u0301\x00t\u00a0\n e "}, {}])
        self.assertEqual(result.rows, [{"t": "ét e"}, {}])

    def test_what_is_no_text_is_rejected(self) -> None:
        result = run(app.WitWorld, {"fields": ["t"]}, [{"t": 7}])
        self.assertEqual(result.rejected, {0: "t is not a text"})

    def test_texts_are_cut_at_the_end_of_a_character(self) -> None:
        target = {"items": Collection({"t": Field("VarChar", max_length=4)})}
        result = run(app.WitWorld, {"fields": ["t"], "cut": True}, [{"t": "abcé"}], target=target)
        self.assertEqual(result.rows, [{"t": "abc"}])

    def test_no_fields_is_a_mistake(self) -> None:
        with self.assertRaises(Err) as caught:
            run(app.WitWorld, {"fields": []}, [])
        self.assertEqual(caught.exception.value, "fields: name at least one")


if __name__ == "__main__":
    unittest.main()
