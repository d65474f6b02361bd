/** What went wrong, as the server says it (RFC 9457), or as far as a browser can tell without it. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly { pointer: string; detail: string }[];
  readonly requestId: string | undefined;
  /** The whole document: some codes carry more. */
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>) {
    const text = (name: string) => (typeof body[name] === 'string' ? body[name] : '');
    super(text('detail') || text('title'));
    this.status = status;
    this.code = text('code');
    this.title = text('title');
    this.detail = text('detail');
    this.errors = Array.isArray(body.errors) ? body.errors : [];
    this.requestId = text('request_id') || undefined;
    this.body = body;
  }

  static unreachable(): Problem {
    return new Problem(0, {
      code: 'unreachable',
      title: 'The server cannot be reached',
      detail: 'Nothing was changed. What you typed is still here; it works again once the server answers.',
    });
  }

  static from(thrown: unknown): Problem {
    if (thrown instanceof Problem) return thrown;
    if (thrown instanceof TypeError) return Problem.unreachable();
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    return new Problem(0, { code: 'page', title: 'This page made a mistake', detail });
  }

  /** What a field of a form was refused for. Pointers are JSON Pointers into the request. */
  at(pointer: string): string | undefined {
    return this.errors.find((error) => error.pointer === pointer)?.detail;
  }
}
