/** What the page was made with. */
export const TITLE = <%= (title if title else name) | quoted %>;
