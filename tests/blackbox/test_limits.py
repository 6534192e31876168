"""The limits of a lab, as the user of a grade meets them: what is not run for lack of time, and what the findings say."""
import shutil
import unittest

from command import ROOT, CommandTest, grades, kinds, run, stable

SPINS = "std::unique_ptr<Document> make_document(std::string) { for (;;) {} }"


class Limits(CommandTest):
    def setUp(self):
        super().setUp()
        source = self.submission("ann") / "race_counter" / "race_counter.cpp"
        text = source.read_text().replace("make_document(", "never_called(")
        cut = text.rindex("}  // namespace race_counter")
        source.write_text(text[:cut] + SPINS + "\n" + text[cut:])

    def grade(self, wall_total_ms, jobs):
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        config = self.course(labs=[{"lab": "race_counter", "limits": {"wall_ms": 250}, "wall_total_ms": wall_total_ms}])
        self.assert_exit(run("grade", self.folder / "class", "--config", config, "--out", self.folder / "out", "--jobs", jobs), 0)
        return grades(self.folder / "out")["ann"]

    def test_the_time_of_a_lab_is_used_up_in_the_order_of_its_scenarios(self):
        """However many run at once: what four cores would still have run is not run on one."""
        one = self.grade(4500, 1)
        messages = [finding["message"] for scenario in one["labs"][0]["scenarios"] for finding in scenario["findings"]]
        not_run = [message for message in messages if message.startswith("Not run: the other scenarios used up the time")]
        ended = [message for message in messages if message.startswith("It had not finished after 1.5 s and was using the processor")]
        self.assertGreater(len(not_run), 3)
        self.assertEqual(len(ended), 3, messages)  # 1.5 s each and half a second under ThreadSanitizer: the third passes 4.5 s.
        self.assertEqual(kinds(finding for scenario in one["labs"][0]["scenarios"] for finding in scenario["findings"]),
                         {"time_limit_spinning"})
        for jobs in (2, 4):
            self.assertEqual(stable(self.grade(4500, jobs)), stable(one), f"--jobs {jobs}")

    def test_with_time_enough_everything_is_run(self):
        messages = [finding["message"] for scenario in self.grade(120000, 4)["labs"][0]["scenarios"] for finding in scenario["findings"]]
        self.assertEqual([message for message in messages if message.startswith("Not run")], [])


if __name__ == "__main__":
    unittest.main()
