"""Tests `examples/promptory_client.py` against a real server. Started by `tests/all/python.rs`, which shuts and opens
the way to the server when a line on standard output asks for it, and answers with a line on standard input."""

import os
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, os.environ["CLIENT_FOLDER"])
import promptory_client  # noqa: E402
from promptory_client import Client, Refused, Unreachable  # noqa: E402

URL = os.environ["PROMPTORY_URL"]
KEY = os.environ["PROMPTORY_KEY"]
FOLDER = os.environ["SCRATCH"]
DAYS = 3 * 24 * 3600.0


def world(*words):
    """Has the test around this one do something, and returns what it says."""
    print(">", *words, flush=True)
    return sys.stdin.readline().strip()


class Clock:
    def __init__(self):
        self.time = 1_700_000_000.0

    def __call__(self):
        return self.time


def client(clock, **settings):
    settings = {"environment": "production", "timeout_s": 20.0, "now": clock, **settings}
    return Client(URL, settings.pop("key", KEY), **settings)


def refreshed(one, stats):
    """Until the thread beside has done what is in its queue."""
    one.close()
    return getattr(one.stats(), stats)


class Checks(unittest.TestCase):
    def setUp(self):
        self.name = f"python/{self._testMethodName}"
        self.clock = Clock()
        world("open")
        world("publish", self.name, "one")

    def requests(self):
        return int(world("requests", self._testMethodName))

    def test_many_threads_cause_one_request(self):
        one = client(self.clock)
        seen = []
        threads = [threading.Thread(target=lambda: seen.append(one.get(self.name).content)) for _ in range(30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(seen, ["one"] * 30)
        self.assertEqual(self.requests(), 1)
        self.assertEqual(one.get(self.name).source, "cache")

    def test_old_answers_are_confirmed_beside(self):
        one = client(self.clock)
        one.get(self.name)
        before = int(world("statuses", "304"))
        self.clock.time += 301
        self.assertTrue(one.get(self.name).stale)
        self.assertEqual(refreshed(one, "refreshes"), 1)
        self.assertEqual(int(world("statuses", "304")) - before, 1)
        self.assertFalse(one.get(self.name).stale)
        world("revise", self.name, "two")
        self.clock.time += 301
        self.assertEqual(one.get(self.name).content, "one")
        self.assertEqual(refreshed(one, "refreshes"), 2)
        self.assertEqual((one.get(self.name).content, one.get(self.name).version), ("two", "1.0.1"))

    def test_an_outage_of_days(self):
        path = os.path.join(FOLDER, "prompts.json")
        one = client(self.clock, cache_file=path)
        one.get(self.name)
        for how in ("shut", "fail", "foreign"):
            world(how)
            self.clock.time += DAYS
            prompt = one.get(self.name)
            self.assertEqual((prompt.content, prompt.stale), ("one", True))
            self.assertGreaterEqual(prompt.age_s, DAYS)
            one.close()
            with self.assertRaises(Unreachable):
                one.get("python/unknown")
            # A program that starts meanwhile.
            two = client(self.clock, cache_file=path)
            prompt = two.get(self.name)
            self.assertEqual((prompt.content, prompt.stale, prompt.source), ("one", True, "disk"))
            two.close()
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        world("open")
        self.clock.time += 10
        one.get(self.name)
        one.close()
        self.assertFalse(one.get(self.name).stale)
        self.assertEqual([name for name in os.listdir(FOLDER) if name.endswith(".tmp")], [])

    def test_damaged_files_are_ignored(self):
        path = os.path.join(FOLDER, "damaged.json")
        client(self.clock, cache_file=path).get(self.name)
        with open(path, "rb") as file:
            good = file.read()
        self.assertNotIn(KEY.encode(), good)
        world("shut")
        for bad in (b"", b"\n", b"{}", good[:-1], good.replace(b"one", b"two"), good[::-1], b"\xff" * 1000):
            with open(path, "wb") as file:
                file.write(bad)
            one = client(self.clock, cache_file=path)
            self.assertIn("is ignored", one.stats().disk_problem)
            with self.assertRaises(Unreachable):
                one.get(self.name)
        with open(path, "wb") as file:
            file.write(good)
        self.assertEqual(client(self.clock, cache_file=path).get(self.name).content, "one")
        for other in ({"environment": "staging"}, {"key": "another-key-of-another-project"}):
            with self.assertRaises(Unreachable):
                client(self.clock, cache_file=path, **other).get(self.name)

    def test_a_no_is_an_answer(self):
        one = client(self.clock)
        with self.assertRaises(Refused) as refused:
            one.get("python/later")
        self.assertEqual((refused.exception.status, refused.exception.code), (404, "not_found"))
        world("publish", "python/later", "now")
        with self.assertRaises(Refused):
            one.get("python/later")
        self.clock.time += 6
        self.assertEqual(one.get("python/later").content, "now")
        # An archived prompt is not served from the cache for ever.
        one.get(self.name)
        world("archive", self.name)
        self.clock.time += 301
        one.get(self.name)
        one.close()
        with self.assertRaises(Refused) as refused:
            one.get(self.name)
        self.assertEqual(refused.exception.code, "nothing_live")

    def test_a_revoked_key_is_refused_whatever_is_known(self):
        key_id, key = world("key").split()
        one = client(self.clock, key=key)
        other = f"{self.name}/other"
        world("publish", other, "one")
        one.get(self.name)
        one.get(other)
        world("revoke", key_id)
        self.clock.time += 301
        one.get(self.name)
        one.close()
        for name in (self.name, other):
            with self.assertRaises(Refused) as refused:
                one.get(name)
            self.assertEqual(refused.exception.status, 401)
        world("shut")
        self.clock.time += 60
        with self.assertRaises(Unreachable):
            one.get(self.name)

    def test_resolve_renders_on_the_server(self):
        name = f"{self.name}/greet"
        world("publish", name, "Hello {{ name }}")
        one = client(self.clock)
        self.assertEqual(one.resolve(name, {"name": "Ada"}, version="^1", key="u")["text"], "Hello Ada")
        with self.assertRaises(Refused) as refused:
            one.resolve(name, {})
        self.assertEqual(refused.exception.code, "invalid_variables")
        self.assertEqual(refused.exception.problem["errors"][0]["pointer"], "/variables/name")

    def test_little_room(self):
        one = client(self.clock, max_prompts=3)
        for n in range(6):
            world("publish", f"{self.name}/{n}", "x")
            one.get(f"{self.name}/{n}")
        self.assertEqual(one.stats().prompts, 3)
        one.clear()
        self.assertEqual(one.stats().prompts, 0)

    def test_odd_names_and_settings(self):
        one = client(self.clock)
        for name in ("", "..", "a/../b", "\0", "x?y#z", "%2F", "ü", "x" * 5000):
            with self.assertRaises((Refused, Unreachable)):
                one.get(name)
        for url in ("", "x", "ftp://a", "http://", "file:///etc/passwd"):
            with self.assertRaises(ValueError):
                Client(url, KEY)
        with self.assertRaises(ValueError):
            Client(URL, "a\nb")

    def test_by_hand(self):
        program = [sys.executable, promptory_client.__file__]
        ran = subprocess.run([*program, self.name], capture_output=True, text=True, check=False)
        self.assertEqual((ran.returncode, ran.stdout), (0, "one\n"), ran)
        ran = subprocess.run([*program, "python/nothing"], capture_output=True, text=True, check=False)
        self.assertEqual(ran.returncode, 1, ran)
        self.assertIn("not_found", ran.stderr)
        ran = subprocess.run(program, capture_output=True, text=True, check=False)
        self.assertEqual(ran.returncode, 2, ran)
        world("shut")
        ran = subprocess.run([*program, self.name], capture_output=True, text=True, check=False)
        self.assertEqual(ran.returncode, 3, ran)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "--verbose"])
