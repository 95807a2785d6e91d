// Fields that belong to one choice stand below it only while it is chosen (GOV.UK's markup: data-aria-controls).
// Without a script they are simply there.

export function revealWithChoice(page) {
  const choices = [...page.querySelectorAll("input[data-aria-controls]")];
  const show = () => {
    for (const choice of choices) {
      const revealed = page.getElementById(choice.dataset.ariaControls);
      revealed?.classList.toggle(`govuk-${choice.type === "radio" ? "radios" : "checkboxes"}__conditional--hidden`, !choice.checked);
    }
  };
  page.addEventListener("change", show);
  window.addEventListener("pageshow", show);
  show();
}
