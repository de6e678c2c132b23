import unittest

import app
from kiteline_guest.testing import run


class TrimTest(unittest.TestCase):
    def test_blanks_go(self) -> None:
        result = run(app.WitWorld, {"field": "title"}, [{"title": " a kite "}, {"title": " "}])
        self.assertEqual(result.rows[0]["title"], "a kite")
        self.assertEqual(result.rejected, {1: "title is blank"})


if __name__ == "__main__":
    unittest.main()
