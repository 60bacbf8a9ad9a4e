import { TierElement } from './element';

/** A script of its own, which the page loads for a machine with a cache. */
customElements.define('bioscope-tier', TierElement);
