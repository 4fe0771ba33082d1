import { generateClient } from 'aws-amplify/data';
import type { EndpointSchema } from '../../../amplify/data/endpoint';
import { QueryFailed } from './readModels';

/** Where the command API is; null while its functions are not deployed. Rejects with QueryFailed. */
export async function commandApiUrl(): Promise<string | null> {
  const { Endpoint } = generateClient<EndpointSchema>({ authMode: 'userPool' }).models;
  const { data, errors } = await Endpoint.get({ id: 'commandApi' });
  if (errors?.length) throw new QueryFailed(errors.map(({ message }) => message));
  return data?.url ?? null;
}
