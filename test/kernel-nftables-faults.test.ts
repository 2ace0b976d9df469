// What is wrong on purpose with the rules of nftables that the kernel is given makes random clusters disagree with it.
import { catches } from './kernel/suite.ts';

catches('nftables');
