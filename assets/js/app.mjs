// Comfort for every page. Nothing here is needed: each form, link and disclosure works without it.
import { createAll } from "govuk-frontend/dist/govuk/init.mjs";
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";
import { PasswordInput } from "govuk-frontend/dist/govuk/components/password-input/password-input.mjs";
import { guardForms } from "./guard.mjs";
import { showLocalTimes, openDetailsForPrint } from "./reading.mjs";
import { revealWithChoice } from "./reveal.mjs";
import { warnBeforeEnd } from "./session.mjs";
import { showTotals } from "./total.mjs";
import { countWordsLeft } from "./words.mjs";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const component of [ErrorSummary, PasswordInput]) createAll(component);
for (const start of [countWordsLeft, revealWithChoice, showTotals, guardForms, showLocalTimes, openDetailsForPrint, warnBeforeEnd])
  start(document);
