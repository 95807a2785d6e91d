// Two comforts for forms: one press sends once, and leaving a changed form asks first.
// The server stays the judge: it knows a repeated request by its key and loses no saved text.

const resendAfter = 8000; // ms: a press may be repeated when the line was lost and nothing came back

const said = (form) => new URLSearchParams([...new FormData(form)].map(([k, v]) => [k, v.name ?? v])).toString();

export function guardForms(page) {
  const changed = new Map();
  for (const form of page.querySelectorAll("form[data-guard]")) changed.set(form, said(form));

  page.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    const now = Date.now();
    if (now - (form.sentAt ?? 0) < resendAfter) {
      event.preventDefault();
      return;
    }
    form.sentAt = now;
    changed.clear();
    event.submitter?.setAttribute("aria-disabled", "true");
    setTimeout(() => event.submitter?.removeAttribute("aria-disabled"), resendAfter);
  });

  // A page that comes back from the browser's memory may send again.
  window.addEventListener("pageshow", () => {
    for (const form of page.forms) form.sentAt = 0;
    for (const button of page.querySelectorAll("button[aria-disabled]")) button.removeAttribute("aria-disabled");
  });

  window.addEventListener("beforeunload", (event) => {
    for (const [form, before] of changed) if (said(form) !== before) event.preventDefault();
  });
}
