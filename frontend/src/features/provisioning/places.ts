/** The way to a project's provisioning. */
export type Places = readonly { readonly to: string; readonly label: string }[];
