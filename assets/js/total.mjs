// The weighted total while a juror scores: sum of weight times value over the criteria that have a value, divided
// by their weights. Under 60 % of the weight a reading is incomplete and has no total.

export function weightedTotal(scores) {
  let sum = 0;
  let scored = 0;
  let all = 0;
  for (const { weight, value } of scores) {
    all += weight;
    if (value === null) continue;
    scored += weight;
    sum += weight * value;
  }
  // Weights such as .1 + .2 do not add up exactly in binary: a hair of tolerance keeps 60 % at 60 %.
  return scored > 0 && scored >= 0.6 * all - 1e-9 ? sum / scored : null;
}

export function showTotals(page) {
  const options = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  const number = new Intl.NumberFormat(page.documentElement.lang, options);
  for (const form of page.querySelectorAll("form[data-total]")) {
    const output = form.querySelector("[data-total-value]");
    if (!output) continue;
    const show = () => {
      const scores = [...form.querySelectorAll("fieldset[data-weight]")].map((criterion) => {
        const chosen = criterion.querySelector("input[type=radio]:checked");
        const said = criterion.querySelector("[data-chosen]");
        if (said) said.textContent = chosen?.dataset.meaning ?? "";
        const value = chosen && /^\d+$/.test(chosen.value) ? Number(chosen.value) : null;
        return { weight: Number(criterion.dataset.weight), value };
      });
      const total = weightedTotal(scores);
      output.textContent = total === null ? output.dataset.incomplete : number.format(total);
    };
    form.addEventListener("change", show);
    show();
  }
}
