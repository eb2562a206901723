/**
 * JSON over HTTP with the product's one error shape.
 *
 * ApiError
 *   status 0    code `unreachable`: no answer (network, server down, time limit)
 *   status 4xx  the server's own code, message and field errors
 *   status 5xx  likewise, or code `server_error` when the body was not ours
 */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   * @param {{path: string, message: string}[]} [fields]
   * @param {number | null} [retryAfter] seconds
   */
  constructor(status, code, message, fields = [], retryAfter = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.retryAfter = retryAfter;
  }

  /** @returns {boolean} true when the same call may succeed later */
  get isTemporary() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/**
 * @param {string | URL} url
 * @param {{method?: string, body?: unknown, token?: string | null, headers?: Record<string, string>,
 *   timeout?: number}} [options] timeout in milliseconds
 * @returns {Promise<any>} the parsed body, null when there is none
 * @throws {ApiError}
 */
export async function call(url, { method = 'GET', body, token, headers = {}, timeout = 20_000 } = {}) {
  const sent = { Accept: 'application/json', ...headers };
  if (token) sent.Authorization = `Bearer ${token}`;
  if (body !== undefined) sent['Content-Type'] = 'application/json';
  let response;
  let text;
  try {
    response = await fetch(url, {
      method,
      headers: sent,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(timeout),
      cache: 'no-cache',
    });
    text = await response.text();
  } catch (error) {
    throw new ApiError(0, 'unreachable', String(error));
  }
  const answer = parse(text);
  if (!response.ok) throw errorFrom(response, answer);
  if (answer === undefined) throw new ApiError(response.status, 'server_error', 'The answer was not JSON.');
  return answer;
}

/** @param {string} text @returns {any} null for an empty body, undefined for one that is not JSON */
function parse(text) {
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {Response} response @param {any} answer @returns {ApiError} */
function errorFrom(response, answer) {
  const error = answer?.error ?? {};
  const fields = Array.isArray(error.fields) ? error.fields : [];
  const retryAfter = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  return new ApiError(
    response.status,
    error.code ?? 'server_error',
    error.message ?? response.statusText,
    fields,
    Number.isNaN(retryAfter) ? null : retryAfter,
  );
}
