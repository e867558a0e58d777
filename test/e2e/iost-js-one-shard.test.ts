import { iostJsSuite } from './iost-js/suite.ts';

iostJsSuite(1);
