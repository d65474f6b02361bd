import { Problem } from '../api/problem';

/** Something that is tried: whether it is under way, and why it did not work. */
export class Attempt {
  pending = $state(false);
  problem = $state.raw<Problem | undefined>();

  /** Answers whether it worked. What is under way is not begun twice. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    if (this.pending) return false;
    this.pending = true;
    this.problem = undefined;
    try {
      await work();
      return true;
    } catch (thrown) {
      this.problem = Problem.from(thrown);
      return false;
    } finally {
      this.pending = false;
    }
  }
}
