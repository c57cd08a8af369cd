export const open = (dialog) => { if (!dialog.open) dialog.showModal(); };
export const close = (dialog) => dialog.close();
