// Calls to the server, with the key that it printed.

const KEPT = "keystone-playground-key";

/** The server wants another key. */
export class WrongKey extends Error {}

/** Keep the key of an address such as http://127.0.0.1:8085/#key=... Returns whether it has one. */
export function keepKey(address) {
  const found = /[#&]key=([\w-]+)/.exec(address);
  if (found) localStorage.setItem(KEPT, found[1]);
  return Boolean(found);
}

/** What the server answers. Throws WrongKey; an Error with its words, if it has done nothing. */
export async function call(name, data = {}) {
  let response;
  try {
    response = await fetch(`/api/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Playground-Key": localStorage.getItem(KEPT) ?? "" },
      body: JSON.stringify(data),
    });
  } catch {
    throw new Error("The playground does not answer: has it been ended?");
  }
  const answer = await response.json().catch(() => ({ error: `the server answered ${response.status}` }));
  if (response.status === 403 && /key/.test(answer.error)) throw new WrongKey(answer.error);
  if (!response.ok) throw new Error(answer.error);
  return answer;
}
