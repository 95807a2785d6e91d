// Comfort for every page. Nothing here is needed: each form, link and disclosure works without it.
import { createAll } from "govuk-frontend/dist/govuk/init.mjs";
import { Checkboxes } from "govuk-frontend/dist/govuk/components/checkboxes/checkboxes.mjs";
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";
import { PasswordInput } from "govuk-frontend/dist/govuk/components/password-input/password-input.mjs";
import { Radios } from "govuk-frontend/dist/govuk/components/radios/radios.mjs";
import { guardForms } from "./guard.mjs";
import { showLocalTimes, openDetailsForPrint } from "./reading.mjs";
import { showTotals } from "./total.mjs";
import { countWordsLeft } from "./words.mjs";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const component of [ErrorSummary, Radios, Checkboxes, PasswordInput]) createAll(component);
for (const start of [countWordsLeft, showTotals, guardForms, showLocalTimes, openDetailsForPrint]) start(document);
