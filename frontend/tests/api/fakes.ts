type Answer = Response | Error;

export function problem(status: number, headers: Record<string, string> = {}, body = {}): Response {
  return new Response(JSON.stringify({ type: 'about:blank', title: 'Refused', status, ...body }), {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...headers },
  });
}

/** A network that gives these answers one after the other. */
export function answering(...answers: Answer[]): typeof globalThis.fetch {
  return recording(...answers).fetch;
}

interface Sent {
  readonly key: string | null;
  readonly body: string;
}

export function recording(...answers: Answer[]) {
  const sent: Sent[] = [];
  const requests: Request[] = [];
  const fetch: typeof globalThis.fetch = async (input) => {
    const request = input as Request;
    requests.push(request.clone());
    sent.push({ key: request.headers.get('Idempotency-Key'), body: await request.text() });
    const answer = answers[sent.length - 1];
    if (answer === undefined) throw new Error('asked more often than expected');
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { fetch, sent, requests };
}
