import { acceptSuggestion, addForm, type Form, moveFocus, readForm, turnChoice } from '../state/form.ts';
import { plainMessage } from '../store/messages.ts';
import { selectCurrentRow } from '../store/selectors.ts';
import type { State } from '../state/state.ts';
import { reasonNotToAct, refuse } from './refuse.ts';
import { become, type Command, perform, type Response } from './response.ts';

function add(state: State): Response {
  const reason = reasonNotToAct(state, 'Add');
  if (reason !== null) return refuse(state, reason);
  return become({ ...state, overlay: { kind: 'form', form: addForm(state.directory) } });
}

/** Requests the definition first, because the table has only a part of it. */
function edit(state: State): Response {
  const reason = reasonNotToAct(state, 'Edit');
  if (reason !== null) return refuse(state, reason);
  const row = selectCurrentRow(state);
  return row === null
    ? refuse(state, 'Edit: no program is selected')
    : perform(state, { kind: 'readDefinition', id: row.id });
}

function submit(state: State): Response {
  if (state.overlay.kind !== 'form' || state.overlay.form.isSent) return become(state);
  const { form } = state.overlay;
  const reason = reasonNotToAct(state, form.purpose.kind === 'add' ? 'Add' : 'Edit');
  if (reason !== null) return become(withForm(state, { ...form, problem: reason }));
  const read = readForm(form);
  if (read.kind === 'invalid') return become(withForm(state, read.form));
  if (form.purpose.kind === 'edit' && Object.keys(read.values).length === 0) {
    const message = plainMessage('no changes', 'info', state.nowMs);
    return become({ ...state, overlay: { kind: 'none' }, message });
  }
  const { id, values } = read;
  return perform(withForm(state, { ...form, isSent: true, problem: null }), {
    kind: 'submit',
    purpose: form.purpose.kind,
    id,
    values,
  });
}

function withForm(state: State, form: Form): State {
  return { ...state, overlay: { kind: 'form', form } };
}

function inForm(change: (form: Form) => Form): Command {
  return (state) => become(state.overlay.kind === 'form' ? withForm(state, change(state.overlay.form)) : state);
}

/** Commands of the add and edit forms. */
export const FORM_COMMANDS = {
  addProgram: add,
  editProgram: edit,
  submitForm: submit,
  nextField: inForm((form) => moveFocus(form, 1)),
  previousField: inForm((form) => moveFocus(form, -1)),
  chooseNext: inForm((form) => turnChoice(form, 1)),
  choosePrevious: inForm((form) => turnChoice(form, -1)),
  acceptSuggestion: inForm(acceptSuggestion),
} satisfies Record<string, Command>;
