// Calls of the server, and elements that hold only text: whatever a client sent is never read as HTML.

export const session = {
  get token() { return sessionStorage.getItem("token"); },
  set token(value) { value ? sessionStorage.setItem("token", value) : sessionStorage.removeItem("token"); },
  get user() { return sessionStorage.getItem("user") ?? ""; },
  set user(value) { sessionStorage.setItem("user", value); },
};

export function make(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key in node && key !== "list" && key !== "form") node[key] = value;
    else node.setAttribute(key, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined).map((child) =>
    child instanceof Node ? child : String(child)));
  return node;
}

let silence;
export function say(text) {
  const place = document.getElementById("said");
  place.textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => { place.textContent = ""; }, 5000);
}

async function answered(path, options) {
  const answer = await fetch(path, options);
  if (!answer.ok) {
    const text = (await answer.text()).replace(/<[^>]*>/g, " ").trim().slice(0, 300);
    throw Object.assign(new Error(`${answer.status} ${text}`), { status: answer.status });
  }
  return answer;
}

export async function mock(method, name, body) {
  const data = body instanceof Blob ? body : body === undefined ? undefined : JSON.stringify(body);
  const answer = await answered(`/_mock/${name}`, { method, body: data });
  return answer.status === 204 ? null : answer.json();
}

function headers() {
  const authority = session.token ? { Authorization: `Token ${session.token}` } : {};
  return { Accept: "application/vnd.cvat+json", "X-Mock-Page": "1", ...authority };
}

export async function api(path) {
  return (await answered(path, { headers: headers(), credentials: "omit" })).json();
}

export async function picture(path) {
  const answer = await answered(path, { headers: { ...headers(), Accept: "*/*" }, credentials: "omit" });
  return URL.createObjectURL(await answer.blob());
}

export async function logIn(username, password) {
  const body = JSON.stringify({ username, password });
  const options = { method: "POST", body, credentials: "omit", headers: { ...headers(), "Content-Type": "application/json" } };
  delete options.headers.Authorization;
  session.token = (await (await answered("/api/auth/login", options)).json()).key;
  session.user = username;
}
