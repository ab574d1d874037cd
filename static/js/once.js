/** Sends a form once, however often it is asked to. */

export async function once(form, act) {
  if (form.ariaBusy) return;
  form.ariaBusy = "true";
  try {
    await act();
  } finally {
    form.ariaBusy = null;
  }
}
