/*
 * hub/serve/sign_in.h
 *		Whose token a request carries. Answers of the database are kept for a short while, and forgotten at once when
 *		it says that tokens changed.
 */
#ifndef HUB_SIGN_IN_H
#define HUB_SIGN_IN_H

#include "serve/server.h"

typedef enum SignIn
{
	SIGN_IN_DONE,				/* request->identity is set */
	SIGN_IN_ANSWERED,			/* there is no token: the answer is a problem */
	SIGN_IN_ASK					/* request->run is set: the database must be asked */
} SignIn;

extern SignIns *sign_ins_create(void);
extern void sign_ins_free(SignIns *sign_ins);

/* Looks at the header and the cache. */
extern SignIn sign_in(Request *request) HUB_MUST_CHECK;

/* Forgets all. */
extern void sign_ins_forget(SignIns *sign_ins);

extern void identity_release(Identity *identity);

#endif
