/** The native contracts that genesis deploys, in the versions it deploys (spec go-iost §8). */

import { ContractRegistry } from '../contract-registry.ts';
import { authContract } from './auth.ts';
import { baseContract } from './base-contract.ts';
import { bonusContract } from './bonus-contract.ts';
import { domainContract } from './domain-contract.ts';
import { exchangeContract } from './exchange.ts';
import { gasContract } from './gas-contract.ts';
import { issueContract } from './issue-contract.ts';
import { pobContract } from './pob-contract.ts';
import { ramContract } from './ram.ts';
import { systemContract } from './system-contract.ts';
import { tokenContract } from './token/token-contract.ts';
import { token721Contract } from './token721-contract.ts';
import { voteContract } from './vote/vote-contract.ts';
import { voteProducerContract } from './vote-producer/vote-producer-contract.ts';

export function builtinContracts(): ContractRegistry {
  return new ContractRegistry([
    systemContract,
    tokenContract('1.0.6'),
    token721Contract,
    gasContract,
    domainContract('0.0.0'),
    authContract,
    ramContract,
    exchangeContract,
    pobContract,
    issueContract,
    bonusContract,
    voteContract,
    voteProducerContract,
    baseContract,
  ]);
}
