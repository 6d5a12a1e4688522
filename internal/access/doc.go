// Package access answers two questions for every surface of the house: who is
// this, and may they see or do that, for which purpose.
//
// Who: accounts, their offices and roles (derived from facts), their secrets,
// sessions and failed attempts (not derived from facts). May they: the
// policies in policies/*.cedar, denied unless one permits and none forbids.
// First SQL narrows to what an office could know at all (Narrow), then the
// policies decide for each record; the ids of the deciding policies go into
// the access fact.
package access
