// Times also in the reader's own zone, and folded words opened for paper.

export function showLocalTimes(page) {
  // As the server writes times: day before month, and a day of 24 hours.
  const language = page.documentElement.lang;
  const format = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
    dateStyle: "long",
    timeStyle: "short",
  });
  for (const time of page.querySelectorAll("time[data-local]")) {
    const at = new Date(time.dateTime);
    const place = page.getElementById(time.dataset.local);
    if (!place || Number.isNaN(at.valueOf())) continue;
    place.textContent = place.dataset.template.replace("{time}", format.format(at));
    place.hidden = false;
  }
}

export function openDetailsForPrint(page) {
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = [...page.querySelectorAll("main details:not([open])")];
    for (const details of closed) details.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const details of closed) details.open = false;
  });
}
