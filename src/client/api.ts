// Made by test/support/generate-api.ts from the declarations of the routes; do not edit.
export interface paths {
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process lives */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process should get requests, with what it relies on; 503 when not */
        get: operations["getHealthReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Metrics for Prometheus, from this machine or with METRICS_TOKEN */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This description: OpenAPI 3.1 */
        get: operations["getOpenapiJson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page that shows this description and tries it out */
        get: operations["getDocs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the page loads */
        get: operations["getDocsByFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign a company up: a tenant, its owner, and the tokens of a login unless it is PENDING */
        post: operations["postSignup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signup/check-email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether an e-mail address has no account yet */
        get: operations["getSignupCheckEmail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signup/check-company": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the plain slug of a company name is free, and the id it would get now */
        get: operations["getSignupCheckCompany"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signup/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The plans with price, limits and modules */
        get: operations["getSignupPlans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a further company for the same person; the tokens are null when answered again */
        post: operations["postTenants"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in with e-mail and password, in the tenant of X-Tenant-ID when there is one */
        post: operations["postAuthLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/select-tenant": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tokens for another tenant of the bearer of a selection or access token; other sessions stay */
        post: operations["postAuthSelectTenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** New tokens for a refresh token, which is used up by that */
        post: operations["postAuthRefresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the session of a refresh token */
        post: operations["postAuthLogout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/logout-all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End every session of the bearer of an access token, in all tenants */
        post: operations["postAuthLogoutAll"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The public keys that access tokens are signed with */
        get: operations["getWellKnownJwksJson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/forgot-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have a link mailed with which to choose a new password */
        post: operations["postAuthForgotPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/reset-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Choose a new password with the token of a mail; ends all sessions */
        post: operations["postAuthResetPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/verify-email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Confirm an e-mail address with the token of a mail; a PENDING tenant starts */
        post: operations["postAuthVerifyEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/resend-verification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have the link that confirms an e-mail address mailed again */
        post: operations["postAuthResendVerification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change my password; ends my other sessions */
        post: operations["postMePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who I am, in which tenant, with the settings that hold for me and those of them that are my own */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change my name and locale in all tenants, and my own settings in this one; null is the tenant’s */
        patch: operations["patchMe"];
        trace?: never;
    };
    "/v1/me/leave": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Leave the tenant, which the last owner cannot */
        post: operations["postMeLeave"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the users of the tenant, newest member first */
        get: operations["getUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One user of the tenant */
        get: operations["getUsersById"];
        put?: never;
        post?: never;
        /** Remove a user from the tenant and end their sessions in it */
        delete: operations["deleteUsersById"];
        options?: never;
        head?: never;
        /** Change the role of a user up to one’s own, disable or enable them */
        patch: operations["patchUsersById"];
        trace?: never;
    };
    "/v1/users/{id}/transfer-ownership": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make another active user the owner in one’s own place, and oneself an admin */
        post: operations["postUsersByIdTransferOwnership"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List invitations, newest first */
        get: operations["getInvitations"];
        put?: never;
        /** Invite an address into the tenant, by mail */
        post: operations["postInvitations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a pending or expired invitation again, with a new link and another seven days */
        post: operations["postInvitationsByIdResend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a pending invitation */
        delete: operations["deleteInvitationsById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/accept-invitation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Join the tenant of an invitation: a new person with names and a password to be, others with their password */
        post: operations["postAuthAcceptInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List API keys, newest first, those included that were revoked; never with their secrets */
        get: operations["getApiKeys"];
        put?: never;
        /** Make an API key; only this answer shows it: it is null when answered again */
        post: operations["postApiKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke an API key, at once and for good */
        delete: operations["deleteApiKeysById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The settings of the tenant, which hold for each member who prefers nothing else */
        get: operations["getSettings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change settings of the tenant; that an audit trail is kept is none of them */
        patch: operations["patchSettings"];
        trace?: never;
    };
    "/v1/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What I was told in this tenant, newest first, in my language, and how much of it I have not read */
        get: operations["getNotifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications/{id}/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Note that I have read a notification */
        post: operations["postNotificationsByIdRead"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notification-preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Of which notifications I want to be told in this tenant, and how */
        get: operations["getNotificationPreferences"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change what is given of my notification preferences in this tenant */
        patch: operations["patchNotificationPreferences"];
        trace?: never;
    };
    "/v1/menu": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where I can go in this tenant: what my role and its modules allow, in my language */
        get: operations["getMenu"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was done in the tenant and by whom, the newest first: by actor, action, object, and from one instant until before another */
        get: operations["getAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The audit trail as a file, CSV or a JSON object on each line, the newest first; the export is an entry itself */
        get: operations["getAuditExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/credits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The balance, and up to 100 lots that it is made of, in the order in which they are spent */
        get: operations["getCredits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/credits/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The ledger of credits, newest first */
        get: operations["getCreditsEntries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/credits/debits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Spend credits, those first that expire first; the same key has no second effect */
        post: operations["postCreditsDebits"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/tenants/{id}/credits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Grant a tenant credits, debit them, or refund a debit; the same key has no second effect */
        post: operations["postAdminTenantsByIdCredits"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/admin/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign a super admin in, with the code of the authenticator app once one is enrolled */
        post: operations["postAuthAdminLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/admin/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make the secret of an authenticator app, shown this once; it counts once a code has been shown */
        post: operations["postAuthAdminTotp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/admin/totp/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Enrol the authenticator app by one of its codes; older tokens are void then */
        post: operations["postAuthAdminTotpConfirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who calls: a super admin, or the key of machines */
        get: operations["getAdminMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The catalogue, and when each plan was changed last */
        get: operations["getAdminPlans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/plans/{plan}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change a plan for all of its tenants at once; a limit of null is unlimited, a stripe_price_id of null the price with the plan’s name as lookup_key */
        patch: operations["patchAdminPlansByPlan"];
        trace?: never;
    };
    "/v1/admin/plans/{plan}/impact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many tenants a changed plan would put over a limit, and which: limits as numbers or `unlimited`, modules with commas; what is left out stays */
        get: operations["getAdminPlansByPlanImpact"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The settings of the platform */
        get: operations["getAdminSettings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change settings of the platform: they hold for what begins from now on */
        patch: operations["patchAdminSettings"];
        trace?: never;
    };
    "/v1/admin/notification-templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The texts of notifications, and what their placeholders stand for */
        get: operations["getAdminNotificationTemplates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/notification-templates/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change the priority or the words of a notification, also of those that were sent; its placeholders are in braces */
        patch: operations["patchAdminNotificationTemplatesByName"];
        trace?: never;
    };
    "/v1/admin/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List tenants, newest first unless sorted otherwise, by status, plan, region, part of a name or address (q), or a member of their metadata (metadata.<key>); stats are of all tenants */
        get: operations["getAdminTenants"];
        put?: never;
        /** Make a tenant with its owner. Without admin_email the answer has the owner’s password, this once (null when answered again); else they choose one by mail */
        post: operations["postAdminTenants"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/tenants/{id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make somebody a member of a tenant; they are told by mail */
        post: operations["postAdminTenantsByIdMembers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tenants by status, region and plan; signups, conversions, churn and monthly recurring revenue of the last twelve months (UTC), past ones at today’s prices; usage of limits by now and of metrics in 30 days */
        get: operations["getAdminStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What super admins and the platform itself did, the newest first: by actor, action, tenant, object, and from one instant until before another */
        get: operations["getAdminAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/tenants/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One tenant: what it is, what it may use and what it uses, what it pays for, and its last activity */
        get: operations["getAdminTenantsById"];
        put?: never;
        post?: never;
        /** Delete a tenant for good: its access ends at once, its rows go in the background, and the certificate shows how far that is. With dry_run only what would go is counted */
        delete: operations["deleteAdminTenantsById"];
        options?: never;
        head?: never;
        /** Change name, addresses, region, metadata (as a whole), plan, limits, modules and the end of the trial. A limit of null is unlimited, `plan` is the plan’s again; a module of null is as in the plan */
        patch: operations["patchAdminTenantsById"];
        trace?: never;
    };
    "/v1/admin/tenants/{id}/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Suspend a tenant; only an operator can lift it */
        post: operations["postAdminTenantsByIdSuspend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/tenants/{id}/reactivate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let a tenant work again: a suspended one in its trial where it had one, one whose trial is over without */
        post: operations["postAdminTenantsByIdReactivate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/tenants/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a tenant */
        post: operations["postAdminTenantsByIdCancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/tenants/{id}/support-sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The support sessions of a tenant, newest first, those included that are over */
        get: operations["getAdminTenantsByIdSupportSessions"];
        put?: never;
        /** Look inside a tenant for up to 60 minutes, read-only unless `write` is asked for: its owners get a mail, see each request, and can end it. Only for a super admin who has signed in. The token is null when answered again */
        post: operations["postAdminTenantsByIdSupportSessions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/tenants/{id}/support-sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a support session, at once and for good */
        delete: operations["deleteAdminTenantsByIdSupportSessionsBySessionId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/support-sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which super admins have looked inside the tenant, why, and for how long, newest first; each of their requests is in the audit trail */
        get: operations["getSupportSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/support-sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a support session, at once and for good */
        delete: operations["deleteSupportSessionsById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/tenants/{id}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Why a tenant has its status and plan: in short, and step by step, the newest 200 of them */
        get: operations["getAdminTenantsByIdExplain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/deletions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Deletions of tenants, under way and done, the one that was asked for last first */
        get: operations["getAdminDeletions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/deletions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The certificate of a deletion: how it stands, and in the end what every table held before and holds after it */
        get: operations["getAdminDeletionsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/billing/subscription": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the tenant pays for, until when, and what is due */
        get: operations["getBillingSubscription"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/billing/checkout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Open a page where a plan is bought; pages that were open before are closed */
        post: operations["postBillingCheckout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/billing/portal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Open a page where the subscription is changed or cancelled, and invoices are; its address is null when answered again */
        post: operations["postBillingPortal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/stripe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** For Stripe: tells of an event, signed. It is stored when this is answered, and applied soon after */
        post: operations["postWebhooksStripe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/billing-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Events of Stripe, the one that came in last first, and what each has brought about */
        get: operations["getAdminBillingEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/billing-events/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One event of Stripe, with what Stripe sent */
        get: operations["getAdminBillingEventsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/billing-events/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have an event wait for its effect again: its tenant becomes what Stripe says now, not what the event said */
        post: operations["postAdminBillingEventsByIdReplay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/usage-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Record one usage event, or up to 1,000 as events: all or none, and each idempotency_key counts once */
        post: operations["postUsageEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is used of each limit, and the tenant's last 30 days */
        get: operations["getUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clients/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make many clients, one of each line (up to 10,000, of 16 MiB together): all of them, or none */
        post: operations["postClientsImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clients/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Clients as a file, CSV or a JSON object on each line, sorted and filtered as the list */
        get: operations["getClientsExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List clients, newest first unless sorted otherwise */
        get: operations["getClients"];
        put?: never;
        /** Make a client */
        post: operations["postClients"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clients/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of the clients */
        get: operations["getClientsById"];
        put?: never;
        post?: never;
        /** Delete a client */
        delete: operations["deleteClientsById"];
        options?: never;
        head?: never;
        /** Change fields of a client; null empties one */
        patch: operations["patchClientsById"];
        trace?: never;
    };
    "/v1/leads/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Leads as a file, CSV or a JSON object on each line, sorted and filtered as the list */
        get: operations["getLeadsExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/leads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List leads, newest first unless sorted otherwise */
        get: operations["getLeads"];
        put?: never;
        /** Make a lead */
        post: operations["postLeads"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/leads/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of the leads */
        get: operations["getLeadsById"];
        put?: never;
        post?: never;
        /** Delete a lead */
        delete: operations["deleteLeadsById"];
        options?: never;
        head?: never;
        /** Change fields of a lead; null empties one */
        patch: operations["patchLeadsById"];
        trace?: never;
    };
    "/v1/leads/{id}/convert": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a client of a lead, once, and a deal with it if one is given */
        post: operations["postLeadsByIdConvert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deals/pipeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the deals in each stage amount to by currency, in full and weighted by probability */
        get: operations["getDealsPipeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deals/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Deals as a file, CSV or a JSON object on each line, sorted and filtered as the list */
        get: operations["getDealsExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List deals, newest first unless sorted otherwise */
        get: operations["getDeals"];
        put?: never;
        /** Make a deal */
        post: operations["postDeals"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deals/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of the deals */
        get: operations["getDealsById"];
        put?: never;
        post?: never;
        /** Delete a deal, which can be restored, or, deleted already or not, for good */
        delete: operations["deleteDealsById"];
        options?: never;
        head?: never;
        /** Change fields of a deal; a deal that was won or lost is open again in another stage */
        patch: operations["patchDealsById"];
        trace?: never;
    };
    "/v1/deals/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring back a deal that was deleted */
        post: operations["postDealsByIdRestore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invoices/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Invoices as a file, CSV or a JSON object on each line, sorted and filtered as the list */
        get: operations["getInvoicesExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invoices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List invoices, newest first unless sorted otherwise */
        get: operations["getInvoices"];
        put?: never;
        /** Make an invoice */
        post: operations["postInvoices"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invoices/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of the invoices */
        get: operations["getInvoicesById"];
        put?: never;
        post?: never;
        /** Delete an invoice */
        delete: operations["deleteInvoicesById"];
        options?: never;
        head?: never;
        /** Change fields of an invoice; null empties one */
        patch: operations["patchInvoicesById"];
        trace?: never;
    };
    "/v1/invoices/{id}/issue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Issue an invoice, which has a number and stays as it is from then on */
        post: operations["postInvoicesByIdIssue"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invoices/{id}/pay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say that an issued invoice is paid, today unless paid_on says on which day since it was issued */
        post: operations["postInvoicesByIdPay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invoices/{id}/void": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make an issued invoice void, which keeps its number */
        post: operations["postInvoicesByIdVoid"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/knowledge-documents/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Documents with every word of q, by their stems and without regard to accents; the last may be a beginning */
        get: operations["getKnowledgeDocumentsSearch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/knowledge-documents/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Documents as a file, CSV or a JSON object on each line, sorted and filtered as the list */
        get: operations["getKnowledgeDocumentsExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/knowledge-documents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List documents, newest first unless sorted otherwise */
        get: operations["getKnowledgeDocuments"];
        put?: never;
        /** Make a knowledge document */
        post: operations["postKnowledgeDocuments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/knowledge-documents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of the documents */
        get: operations["getKnowledgeDocumentsById"];
        put?: never;
        post?: never;
        /** Delete a knowledge document */
        delete: operations["deleteKnowledgeDocumentsById"];
        options?: never;
        head?: never;
        /** Change fields of a knowledge document; null empties one */
        patch: operations["patchKnowledgeDocumentsById"];
        trace?: never;
    };
    "/v1/workflows/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Workflows as a file, CSV or a JSON object on each line, sorted and filtered as the list */
        get: operations["getWorkflowsExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workflows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List workflows, newest first unless sorted otherwise */
        get: operations["getWorkflows"];
        put?: never;
        /** Make a workflow */
        post: operations["postWorkflows"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workflows/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of the workflows */
        get: operations["getWorkflowsById"];
        put?: never;
        post?: never;
        /** Delete a workflow, which can be restored, or, deleted already or not, for good */
        delete: operations["deleteWorkflowsById"];
        options?: never;
        head?: never;
        /** Change fields of a workflow; null empties one */
        patch: operations["patchWorkflowsById"];
        trace?: never;
    };
    "/v1/workflows/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring back a workflow that was deleted */
        post: operations["postWorkflowsByIdRestore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workflow-executions/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Executions as a file, CSV or a JSON object on each line, sorted and filtered as the list */
        get: operations["getWorkflowExecutionsExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workflow-executions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List executions, newest first unless sorted otherwise */
        get: operations["getWorkflowExecutions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workflow-executions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of the executions */
        get: operations["getWorkflowExecutionsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workflows/{id}/executions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Note that an engine runs a workflow, which counts for the month; Tenantry itself runs nothing */
        post: operations["postWorkflowsByIdExecutions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workflow-executions/{id}/finish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say how an execution ended, once */
        post: operations["postWorkflowExecutionsByIdFinish"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workflow-states/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** States as a file, CSV or a JSON object on each line, sorted and filtered as the list */
        get: operations["getWorkflowStatesExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workflow-states": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List states, newest first unless sorted otherwise */
        get: operations["getWorkflowStates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workflows/{id}/states/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a workflow keeps under a key between its executions */
        get: operations["getWorkflowsByIdStatesByKey"];
        /** Keep a value under a key of a workflow, over what was there; 201 where nothing was */
        put: operations["putWorkflowsByIdStatesByKey"];
        post?: never;
        /** Forget what a workflow keeps under a key */
        delete: operations["deleteWorkflowsByIdStatesByKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/credentials/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Credentials as a file, CSV or a JSON object on each line, sorted and filtered as the list */
        get: operations["getCredentialsExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List credentials, newest first unless sorted otherwise */
        get: operations["getCredentials"];
        put?: never;
        /** Make a credential; its secret is encrypted and never shown */
        post: operations["postCredentials"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/credentials/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of the credentials */
        get: operations["getCredentialsById"];
        put?: never;
        post?: never;
        /** Delete a credential */
        delete: operations["deleteCredentialsById"];
        options?: never;
        head?: never;
        /** Change fields of a credential, or replace its secret */
        patch: operations["patchCredentialsById"];
        trace?: never;
    };
    "/v1/articles/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Articles as a file, CSV or a JSON object on each line, sorted and filtered as the list */
        get: operations["getArticlesExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/articles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List articles, newest first unless sorted otherwise */
        get: operations["getArticles"];
        put?: never;
        /** Make an article */
        post: operations["postArticles"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/articles/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of the articles */
        get: operations["getArticlesById"];
        put?: never;
        post?: never;
        /** Delete an article */
        delete: operations["deleteArticlesById"];
        options?: never;
        head?: never;
        /** Change fields of an article; null empties one */
        patch: operations["patchArticlesById"];
        trace?: never;
    };
    "/v1/projects/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Projects as a file, CSV or a JSON object on each line, sorted and filtered as the list */
        get: operations["getProjectsExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List projects, newest first unless sorted otherwise */
        get: operations["getProjects"];
        put?: never;
        /** Make a project */
        post: operations["postProjects"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of the projects */
        get: operations["getProjectsById"];
        put?: never;
        post?: never;
        /** Delete a project, which can be restored, or, deleted already or not, for good */
        delete: operations["deleteProjectsById"];
        options?: never;
        head?: never;
        /** Change fields of a project; null empties one */
        patch: operations["patchProjectsById"];
        trace?: never;
    };
    "/v1/projects/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring back a project that was deleted */
        post: operations["postProjectsByIdRestore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sites/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sites as a file, CSV or a JSON object on each line, sorted and filtered as the list */
        get: operations["getSitesExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List sites, newest first unless sorted otherwise */
        get: operations["getSites"];
        put?: never;
        /** Make a site */
        post: operations["postSites"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sites/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of the sites */
        get: operations["getSitesById"];
        put?: never;
        post?: never;
        /** Delete a site */
        delete: operations["deleteSitesById"];
        options?: never;
        head?: never;
        /** Change fields of a site; null empties one */
        patch: operations["patchSitesById"];
        trace?: never;
    };
    "/v1/production/orders/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Production orders as a file, CSV or a JSON object on each line, sorted and filtered as the list */
        get: operations["getProductionOrdersExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/production/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List production orders, newest first unless sorted otherwise */
        get: operations["getProductionOrders"];
        put?: never;
        /** Make a production order */
        post: operations["postProductionOrders"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/production/orders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of the production orders */
        get: operations["getProductionOrdersById"];
        put?: never;
        post?: never;
        /** Delete a production order, which can be restored, or, deleted already or not, for good */
        delete: operations["deleteProductionOrdersById"];
        options?: never;
        head?: never;
        /** Change fields of a production order; null empties one */
        patch: operations["patchProductionOrdersById"];
        trace?: never;
    };
    "/v1/production/orders/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring back a production order that was deleted */
        post: operations["postProductionOrdersByIdRestore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/production/orders/{id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start a production order that is planned */
        post: operations["postProductionOrdersByIdStart"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/production/orders/{id}/finish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Finish a production order that is in progress */
        post: operations["postProductionOrdersByIdFinish"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/production/orders/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a production order that is neither done nor cancelled */
        post: operations["postProductionOrdersByIdCancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/material-categories/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Material categories as a file, CSV or a JSON object on each line, sorted and filtered as the list */
        get: operations["getMaterialCategoriesExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/material-categories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List material categories, newest first unless sorted otherwise */
        get: operations["getMaterialCategories"];
        put?: never;
        /** Make a material category */
        post: operations["postMaterialCategories"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/material-categories/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of the material categories */
        get: operations["getMaterialCategoriesById"];
        put?: never;
        post?: never;
        /** Delete a material category */
        delete: operations["deleteMaterialCategoriesById"];
        options?: never;
        head?: never;
        /** Change fields of a material category; null empties one */
        patch: operations["patchMaterialCategoriesById"];
        trace?: never;
    };
    "/v1/voice-transcriptions/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Transcriptions as a file, CSV or a JSON object on each line, sorted and filtered as the list */
        get: operations["getVoiceTranscriptionsExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/voice-transcriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List transcriptions, newest first unless sorted otherwise */
        get: operations["getVoiceTranscriptions"];
        put?: never;
        /** Make a voice transcription */
        post: operations["postVoiceTranscriptions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/voice-transcriptions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of the transcriptions */
        get: operations["getVoiceTranscriptionsById"];
        put?: never;
        post?: never;
        /** Delete a voice transcription */
        delete: operations["deleteVoiceTranscriptionsById"];
        options?: never;
        head?: never;
        /** Change fields of a voice transcription; null empties one */
        patch: operations["patchVoiceTranscriptionsById"];
        trace?: never;
    };
    "/v1/voice-conversations/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Conversations as a file, CSV or a JSON object on each line, sorted and filtered as the list */
        get: operations["getVoiceConversationsExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/voice-conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List conversations, newest first unless sorted otherwise */
        get: operations["getVoiceConversations"];
        put?: never;
        /** Make a voice conversation */
        post: operations["postVoiceConversations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/voice-conversations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of the conversations */
        get: operations["getVoiceConversationsById"];
        put?: never;
        post?: never;
        /** Delete a voice conversation */
        delete: operations["deleteVoiceConversationsById"];
        options?: never;
        head?: never;
        /** Change fields of a voice conversation; null empties one */
        patch: operations["patchVoiceConversationsById"];
        trace?: never;
    };
    "/v1/business-analyses/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Analyses as a file, CSV or a JSON object on each line, sorted and filtered as the list */
        get: operations["getBusinessAnalysesExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/business-analyses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List analyses, newest first unless sorted otherwise */
        get: operations["getBusinessAnalyses"];
        put?: never;
        /** Make a business analysis */
        post: operations["postBusinessAnalyses"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/business-analyses/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of the analyses */
        get: operations["getBusinessAnalysesById"];
        put?: never;
        post?: never;
        /** Delete a business analysis */
        delete: operations["deleteBusinessAnalysesById"];
        options?: never;
        head?: never;
        /** Change fields of a business analysis; null empties one */
        patch: operations["patchBusinessAnalysesById"];
        trace?: never;
    };
    "/v1/saved-queries/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Saved queries as a file, CSV or a JSON object on each line, sorted and filtered as the list */
        get: operations["getSavedQueriesExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/saved-queries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List saved queries, newest first unless sorted otherwise */
        get: operations["getSavedQueries"];
        put?: never;
        /** Make a saved query */
        post: operations["postSavedQueries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/saved-queries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of the saved queries */
        get: operations["getSavedQueriesById"];
        put?: never;
        post?: never;
        /** Delete a saved query */
        delete: operations["deleteSavedQueriesById"];
        options?: never;
        head?: never;
        /** Change fields of a saved query; null empties one */
        patch: operations["patchSavedQueriesById"];
        trace?: never;
    };
    "/v1/saved-queries/{id}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The present result of a saved query; sums above 2^53 − 1 as text, and is_cut where there are more rows */
        get: operations["getSavedQueriesByIdRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/sales": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Invoices issued and invoices paid by month and currency, but for void ones, in the tenant's time zone; months without any are left out */
        get: operations["getReportsSales"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/deals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Deals won and deals lost by month and currency, in the tenant's time zone; months without any are left out */
        get: operations["getReportsDeals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/executions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Runs of each workflow by month, in the tenant's time zone; months without any are left out */
        get: operations["getReportsExecutions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/knowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Documents made by month, and the bytes they take, in the tenant's time zone; months without any are left out */
        get: operations["getReportsKnowledge"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Articles made and articles published by month, in the tenant's time zone; months without any are left out */
        get: operations["getReportsContent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A problem document (RFC 9457). `code` never changes; `detail` is for people, in French or English. */
        Problem: {
            /** @description urn:tenantry:problem: and the code */
            type: string;
            title: string;
            status: number;
            detail: string;
            code: string;
            /** Format: uuid */
            request_id: string;
            /** @description What is wrong with which part of the input, such as `body.name` or `query.limit`. */
            errors?: {
                path: string;
                message: string;
            }[];
        };
        IdempotencyKeyReusedProblem: components["schemas"]["Problem"] & {
            /** @constant */
            code: "idempotency_key_reused";
            idempotency_key?: string;
        };
        InsufficientCreditsProblem: components["schemas"]["Problem"] & {
            /** @constant */
            code: "insufficient_credits";
            balance: number;
            needed: number;
        };
        LimitReachedProblem: components["schemas"]["Problem"] & {
            /** @constant */
            code: "limit_reached";
            /** @enum {string} */
            limit: "users" | "storage_bytes" | "sites" | "workflows" | "executions_per_month" | "articles_per_week" | "metrics";
            used: number;
            allowed: number;
            resets_at: string | null;
        };
        ModuleNotInPlanProblem: components["schemas"]["Problem"] & {
            /** @constant */
            code: "module_not_in_plan";
            module: string;
            plans: string[];
        };
        ProvisioningFailedProblem: components["schemas"]["Problem"] & {
            /** @constant */
            code: "provisioning_failed";
            step: string;
        };
        StatusNotAllowedProblem: components["schemas"]["Problem"] & {
            /** @constant */
            code: "status_not_allowed";
            from: string;
            to?: string;
        };
        UsageOverLimitsProblem: components["schemas"]["Problem"] & {
            /** @constant */
            code: "usage_over_limits";
            tenants_over?: number;
            over: {
                /** @enum {string} */
                limit: "users" | "storage_bytes" | "sites" | "workflows" | "executions_per_month" | "articles_per_week";
                used: number;
                allowed: number;
            }[] | {
                tenant_id: string;
                over: {
                    /** @enum {string} */
                    limit: "users" | "storage_bytes" | "sites" | "workflows" | "executions_per_month" | "articles_per_week";
                    used: number;
                    allowed: number;
                }[];
            }[];
        };
        JsonValue: unknown;
        Client: {
            /** Format: uuid */
            id: string;
            name: string;
            email: string | null;
            phone: string | null;
            address: string | null;
            notes: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        Lead: {
            /** Format: uuid */
            id: string;
            name: string;
            company: string | null;
            email: string | null;
            phone: string | null;
            /** @enum {string} */
            source: "website" | "referral" | "phone" | "event" | "other";
            /** @enum {string} */
            status: "new" | "contacted" | "qualified" | "lost" | "converted";
            notes: string | null;
            client_id: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        Deal: {
            /** Format: uuid */
            id: string;
            title: string;
            client_id: string | null;
            lead_id: string | null;
            /** @enum {string} */
            stage: "lead" | "qualified" | "proposal" | "negotiation" | "won" | "lost";
            amount_cents: number;
            currency: string;
            probability: number;
            expected_close_on: string | null;
            closed_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        InvoiceInList: {
            /** Format: uuid */
            id: string;
            client_id: string | null;
            due_on: string | null;
            note: string | null;
            currency: string;
            /** @enum {string} */
            status: "draft" | "issued" | "paid" | "void";
            number: string | null;
            issued_on: string | null;
            seller_name: string | null;
            buyer_name: string | null;
            buyer_email: string | null;
            buyer_address: string | null;
            paid_on: string | null;
            paid_at: string | null;
            voided_at: string | null;
            void_reason: string | null;
            net_cents: number;
            vat_cents: number;
            total_cents: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        Invoice: {
            /** Format: uuid */
            id: string;
            client_id: string | null;
            due_on: string | null;
            note: string | null;
            currency: string;
            /** @enum {string} */
            status: "draft" | "issued" | "paid" | "void";
            number: string | null;
            issued_on: string | null;
            seller_name: string | null;
            buyer_name: string | null;
            buyer_email: string | null;
            buyer_address: string | null;
            paid_on: string | null;
            paid_at: string | null;
            voided_at: string | null;
            void_reason: string | null;
            net_cents: number;
            vat_cents: number;
            total_cents: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            lines: components["schemas"]["InvoiceLine"][];
        };
        InvoiceLine: {
            position: number;
            description: string;
            quantity: string;
            unit_price_cents: number;
            vat_rate_basis_points: number | null;
            net_cents: number;
        };
        KnowledgeDocumentInList: {
            /** Format: uuid */
            id: string;
            title: string;
            language: ("en" | "fr") | null;
            tags: string[];
            source_url: string | null;
            content_bytes: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        KnowledgeDocument: {
            /** Format: uuid */
            id: string;
            title: string;
            content: string;
            language: ("en" | "fr") | null;
            tags: string[];
            source_url: string | null;
            content_bytes: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        WorkflowInList: {
            /** Format: uuid */
            id: string;
            name: string;
            description: string | null;
            /** @enum {string} */
            engine: "n8n" | "bolt" | "bmad";
            is_active: boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        Workflow: {
            /** Format: uuid */
            id: string;
            name: string;
            description: string | null;
            /** @enum {string} */
            engine: "n8n" | "bolt" | "bmad";
            definition: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            is_active: boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        WorkflowExecutionInList: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            workflow_id: string;
            external_id: string | null;
            /** @enum {string} */
            status: "running" | "succeeded" | "failed" | "cancelled";
            /** Format: date-time */
            started_at: string;
            finished_at: string | null;
            duration_ms: number | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        WorkflowExecution: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            workflow_id: string;
            external_id: string | null;
            input: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** @enum {string} */
            status: "running" | "succeeded" | "failed" | "cancelled";
            output: {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            error: string | null;
            /** Format: date-time */
            started_at: string;
            finished_at: string | null;
            duration_ms: number | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        WorkflowState: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            workflow_id: string;
            key: string;
            value: components["schemas"]["JsonValue"];
            version: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        Credential: {
            /** Format: uuid */
            id: string;
            name: string;
            /** @enum {string} */
            kind: "api_key" | "basic" | "oauth2" | "header";
            secret_version: number;
            /** Format: date-time */
            secret_updated_at: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        ArticleInList: {
            /** Format: uuid */
            id: string;
            title: string;
            slug: string | null;
            /** @enum {string} */
            status: "draft" | "published";
            published_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        Article: {
            /** Format: uuid */
            id: string;
            title: string;
            slug: string | null;
            body: string;
            /** @enum {string} */
            status: "draft" | "published";
            published_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        Project: {
            /** Format: uuid */
            id: string;
            name: string;
            description: string | null;
            client_id: string | null;
            /** @enum {string} */
            status: "planned" | "active" | "on_hold" | "done";
            starts_on: string | null;
            ends_on: string | null;
            budget_cents: number | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        Site: {
            /** Format: uuid */
            id: string;
            name: string;
            address: string | null;
            city: string | null;
            country: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        ProductionOrder: {
            /** Format: uuid */
            id: string;
            number: string;
            title: string;
            site_id: string | null;
            client_id: string | null;
            project_id: string | null;
            material_category_id: string | null;
            quantity: number;
            unit: string;
            due_on: string | null;
            notes: string | null;
            /** @enum {string} */
            status: "planned" | "in_progress" | "done" | "cancelled";
            started_at: string | null;
            finished_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        MaterialCategory: {
            /** Format: uuid */
            id: string;
            name: string;
            description: string | null;
            position: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        VoiceTranscriptionInList: {
            /** Format: uuid */
            id: string;
            title: string;
            /** @enum {string} */
            source: "upload" | "call" | "meeting" | "dictation";
            language: string | null;
            duration_seconds: number | null;
            /** @enum {string} */
            status: "pending" | "processing" | "done" | "failed";
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        VoiceTranscription: {
            /** Format: uuid */
            id: string;
            title: string;
            /** @enum {string} */
            source: "upload" | "call" | "meeting" | "dictation";
            language: string | null;
            duration_seconds: number | null;
            /** @enum {string} */
            status: "pending" | "processing" | "done" | "failed";
            text: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        VoiceConversation: {
            /** Format: uuid */
            id: string;
            subject: string;
            participant: string | null;
            /** @enum {string} */
            channel: "phone" | "video" | "in_person" | "assistant";
            /** Format: date-time */
            started_at: string;
            ended_at: string | null;
            summary: string | null;
            transcription_id: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        BusinessAnalysisInList: {
            /** Format: uuid */
            id: string;
            title: string;
            /** @enum {string} */
            kind: "swot" | "forecast" | "market" | "competitors" | "customers";
            /** @enum {string} */
            status: "draft" | "running" | "done" | "failed";
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        BusinessAnalysis: {
            /** Format: uuid */
            id: string;
            title: string;
            /** @enum {string} */
            kind: "swot" | "forecast" | "market" | "competitors" | "customers";
            /** @enum {string} */
            status: "draft" | "running" | "done" | "failed";
            input: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            result: {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        SavedQuery: {
            /** Format: uuid */
            id: string;
            name: string;
            definition: {
                table: string;
                fields?: string[];
                measures?: {
                    /** @enum {string} */
                    function: "count" | "sum" | "avg" | "min" | "max";
                    field?: string;
                }[];
                group_by?: {
                    field: string;
                    /** @enum {string} */
                    by?: "day" | "week" | "month";
                }[];
                /** @default [] */
                filters: {
                    field: string;
                    /** @enum {string} */
                    operator: "eq" | "ne" | "lt" | "lte" | "gt" | "gte" | "in" | "contains" | "is_null";
                    value: string | number | boolean | (string | number)[];
                }[];
                /** @default [] */
                order: {
                    by: string;
                    /**
                     * @default asc
                     * @enum {string}
                     */
                    direction: "asc" | "desc";
                }[];
                /** @default 100 */
                limit: number;
            };
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
    };
    responses: {
        /** @description Request Header Fields Too Large */
        headers_too_large: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "headers_too_large";
                };
            };
        };
        /** @description Internal Server Error */
        internal_error: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "internal_error";
                };
            };
        };
        /** @description Bad Request */
        "invalid_request.malformed_request": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "invalid_request" | "malformed_request";
                };
            };
        };
        /** @description Request Timeout */
        request_timeout: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "request_timeout";
                };
            };
        };
        /** @description Forbidden */
        forbidden: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "forbidden";
                };
            };
        };
        /** @description Not Found */
        not_found: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "not_found";
                };
            };
        };
        /** @description Payload Too Large */
        body_too_large: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "body_too_large";
                };
            };
        };
        /** @description Service Unavailable */
        "database_unavailable.outcome_unknown.overloaded": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "database_unavailable" | "outcome_unknown" | "overloaded";
                };
            };
        };
        /** @description Conflict */
        email_taken: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "email_taken";
                };
            };
        };
        /** @description Bad Request */
        "invalid_request.malformed_json.malformed_request": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "invalid_request" | "malformed_json" | "malformed_request";
                };
            };
        };
        /** @description Forbidden */
        signups_closed: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "signups_closed";
                };
            };
        };
        /** @description Too Many Requests */
        too_many_requests: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "too_many_requests";
                };
            };
        };
        /** @description Unsupported Media Type */
        unsupported_media_type: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "unsupported_media_type";
                };
            };
        };
        /** @description Forbidden */
        "email_not_verified.session_required.signups_closed.tenant_cancelled.tenant_mismatch": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "email_not_verified" | "session_required" | "signups_closed" | "tenant_cancelled" | "tenant_mismatch";
                };
            };
        };
        /** @description Unprocessable Entity */
        idempotency_key_reused: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["IdempotencyKeyReusedProblem"];
            };
        };
        /** @description Bad Request */
        "invalid_request.malformed_json.malformed_request.tenant_header_missing": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "invalid_request" | "malformed_json" | "malformed_request" | "tenant_header_missing";
                };
            };
        };
        /** @description Unauthorized */
        unauthenticated: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "unauthenticated";
                };
            };
        };
        /** @description Unauthorized */
        invalid_credentials: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "invalid_credentials";
                };
            };
        };
        /** @description Forbidden */
        tenant_mismatch: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "tenant_mismatch";
                };
            };
        };
        /** @description Unauthorized */
        invalid_refresh_token: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "invalid_refresh_token";
                };
            };
        };
        /** @description Service Unavailable */
        "database_unavailable.overloaded": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "database_unavailable" | "overloaded";
                };
            };
        };
        /** @description Bad Request */
        "invalid_request.malformed_json.malformed_request.token_invalid": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "invalid_request" | "malformed_json" | "malformed_request" | "token_invalid";
                };
            };
        };
        /** @description Conflict */
        conflict: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "conflict";
                };
            };
        };
        /** @description Forbidden */
        "session_required.tenant_cancelled.tenant_mismatch": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "session_required" | "tenant_cancelled" | "tenant_mismatch";
                };
            };
        };
        /** @description Bad Request */
        "invalid_request.malformed_request.tenant_header_missing": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "invalid_request" | "malformed_request" | "tenant_header_missing";
                };
            };
        };
        /** @description Conflict */
        last_owner: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "last_owner";
                };
            };
        };
        /** @description Forbidden */
        "role_too_high.session_required.tenant_cancelled.tenant_mismatch": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "role_too_high" | "session_required" | "tenant_cancelled" | "tenant_mismatch";
                };
            };
        };
        /** @description Forbidden */
        "insufficient_role.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "insufficient_role" | "tenant_cancelled" | "tenant_mismatch" | "tenant_pending" | "tenant_suspended";
                };
            };
        };
        /** @description Payment Required */
        "payment_required.trial_expired": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "payment_required" | "trial_expired";
                };
            };
        };
        /** @description Forbidden */
        "insufficient_role.limit_reached.role_too_high.session_required.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": (components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "insufficient_role" | "role_too_high" | "session_required" | "tenant_cancelled" | "tenant_mismatch" | "tenant_pending" | "tenant_suspended";
                }) | components["schemas"]["LimitReachedProblem"];
            };
        };
        /** @description Forbidden */
        "insufficient_role.role_too_high.session_required.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "insufficient_role" | "role_too_high" | "session_required" | "tenant_cancelled" | "tenant_mismatch" | "tenant_pending" | "tenant_suspended";
                };
            };
        };
        /** @description Forbidden */
        "insufficient_role.session_required.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "insufficient_role" | "session_required" | "tenant_cancelled" | "tenant_mismatch" | "tenant_pending" | "tenant_suspended";
                };
            };
        };
        /** @description Conflict */
        "already_invited.already_member": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "already_invited" | "already_member";
                };
            };
        };
        /** @description Conflict */
        "already_invited.already_member.conflict": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "already_invited" | "already_member" | "conflict";
                };
            };
        };
        /** @description Forbidden */
        "insufficient_role.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "insufficient_role" | "support_read_only" | "tenant_cancelled" | "tenant_mismatch" | "tenant_pending" | "tenant_suspended";
                };
            };
        };
        /** @description Conflict */
        "already_member.conflict.email_taken": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "already_member" | "conflict" | "email_taken";
                };
            };
        };
        /** @description Forbidden */
        "session_required.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "session_required" | "tenant_cancelled" | "tenant_mismatch" | "tenant_pending" | "tenant_suspended";
                };
            };
        };
        /** @description Forbidden */
        "insufficient_role.tenant_cancelled.tenant_mismatch": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "insufficient_role" | "tenant_cancelled" | "tenant_mismatch";
                };
            };
        };
        /** @description Forbidden */
        "tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "tenant_cancelled" | "tenant_mismatch" | "tenant_pending" | "tenant_suspended";
                };
            };
        };
        /** @description Payment Required */
        "insufficient_credits.payment_required.trial_expired": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": (components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "payment_required" | "trial_expired";
                }) | components["schemas"]["InsufficientCreditsProblem"];
            };
        };
        /** @description Payment Required */
        insufficient_credits: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["InsufficientCreditsProblem"];
            };
        };
        /** @description Forbidden */
        totp_enrolment_required: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "totp_enrolment_required";
                };
            };
        };
        /** @description Unauthorized */
        "invalid_credentials.totp_required": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "invalid_credentials" | "totp_required";
                };
            };
        };
        /** @description Forbidden */
        session_required: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "session_required";
                };
            };
        };
        /** @description Conflict */
        totp_enrolled: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "totp_enrolled";
                };
            };
        };
        /** @description Unauthorized */
        "invalid_credentials.unauthenticated": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "invalid_credentials" | "unauthenticated";
                };
            };
        };
        /** @description Conflict */
        "conflict.usage_over_limits": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": (components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "conflict";
                }) | components["schemas"]["UsageOverLimitsProblem"];
            };
        };
        /** @description Conflict */
        "account_not_verified.conflict.email_taken.tenant_id_taken.usage_over_limits": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": (components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "account_not_verified" | "conflict" | "email_taken" | "tenant_id_taken";
                }) | components["schemas"]["UsageOverLimitsProblem"];
            };
        };
        /** @description Internal Server Error */
        "internal_error.provisioning_failed": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": (components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "internal_error";
                }) | components["schemas"]["ProvisioningFailedProblem"];
            };
        };
        /** @description Conflict */
        "account_not_verified.already_member.conflict.status_not_allowed": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": (components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "account_not_verified" | "already_member" | "conflict";
                }) | components["schemas"]["StatusNotAllowedProblem"];
            };
        };
        /** @description Forbidden */
        "limit_reached.totp_enrolment_required": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": (components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "totp_enrolment_required";
                }) | components["schemas"]["LimitReachedProblem"];
            };
        };
        /** @description Payment Required */
        payment_required: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "payment_required";
                };
            };
        };
        /** @description Conflict */
        "status_not_allowed.usage_over_limits": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["StatusNotAllowedProblem"] | components["schemas"]["UsageOverLimitsProblem"];
            };
        };
        /** @description Conflict */
        status_not_allowed: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["StatusNotAllowedProblem"];
            };
        };
        /** @description Forbidden */
        "session_required.totp_enrolment_required": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "session_required" | "totp_enrolment_required";
                };
            };
        };
        /** @description Forbidden */
        "insufficient_role.session_required.tenant_cancelled.tenant_mismatch": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "insufficient_role" | "session_required" | "tenant_cancelled" | "tenant_mismatch";
                };
            };
        };
        /** @description Service Unavailable */
        "billing_not_configured.database_unavailable.outcome_unknown.overloaded": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "billing_not_configured" | "database_unavailable" | "outcome_unknown" | "overloaded";
                };
            };
        };
        /** @description Conflict */
        "already_subscribed.conflict.plan_not_for_sale": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "already_subscribed" | "conflict" | "plan_not_for_sale";
                };
            };
        };
        /** @description Service Unavailable */
        "billing_not_configured.billing_unavailable.database_unavailable.outcome_unknown.overloaded": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "billing_not_configured" | "billing_unavailable" | "database_unavailable" | "outcome_unknown" | "overloaded";
                };
            };
        };
        /** @description Conflict */
        not_subscribed: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "not_subscribed";
                };
            };
        };
        /** @description Bad Request */
        "invalid_request.invalid_signature.malformed_request": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "invalid_request" | "invalid_signature" | "malformed_request";
                };
            };
        };
        /** @description Conflict */
        not_replayable: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "not_replayable";
                };
            };
        };
        /** @description Forbidden */
        "insufficient_role.limit_reached.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": (components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "insufficient_role" | "support_read_only" | "tenant_cancelled" | "tenant_mismatch" | "tenant_pending" | "tenant_suspended";
                }) | components["schemas"]["LimitReachedProblem"];
            };
        };
        /** @description Forbidden */
        "insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": (components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "insufficient_role" | "support_read_only" | "tenant_cancelled" | "tenant_mismatch" | "tenant_pending" | "tenant_suspended";
                }) | components["schemas"]["ModuleNotInPlanProblem"];
            };
        };
        /** @description Forbidden */
        "module_not_in_plan.tenant_cancelled.tenant_mismatch": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": (components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "tenant_cancelled" | "tenant_mismatch";
                }) | components["schemas"]["ModuleNotInPlanProblem"];
            };
        };
        /** @description Forbidden */
        "module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": (components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "tenant_cancelled" | "tenant_mismatch" | "tenant_pending" | "tenant_suspended";
                }) | components["schemas"]["ModuleNotInPlanProblem"];
            };
        };
        /** @description Precondition Failed */
        precondition_failed: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "precondition_failed";
                };
            };
        };
        /** @description Conflict */
        in_use: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "in_use";
                };
            };
        };
        /** @description Conflict */
        not_editable: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "not_editable";
                };
            };
        };
        /** @description Conflict */
        "in_use.not_editable": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "in_use" | "not_editable";
                };
            };
        };
        /** @description Conflict */
        "conflict.not_editable": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "conflict" | "not_editable";
                };
            };
        };
        /** @description Forbidden */
        "insufficient_role.limit_reached.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended": {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": (components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "insufficient_role" | "support_read_only" | "tenant_cancelled" | "tenant_mismatch" | "tenant_pending" | "tenant_suspended";
                }) | components["schemas"]["LimitReachedProblem"] | components["schemas"]["ModuleNotInPlanProblem"];
            };
        };
        /** @description Conflict */
        workflow_inactive: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    code: "workflow_inactive";
                };
            };
        };
    };
    parameters: {
        /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
        TenantId: string;
        /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
        AcceptLanguage: string;
        /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
        IdempotencyKey: string;
        /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
        IfMatch: string;
    };
    requestBodies: never;
    headers: {
        /** @description The id of the request in logs and audit trails. */
        "X-Request-Id": string;
        /** @description The entity tag of what is shown, for If-Match. */
        ETag: string;
        /** @description Seconds to wait. */
        "Retry-After": number;
        /** @description What is left of each limit, and the seconds until it is whole again. */
        RateLimit: string;
        /** @description The limits on how often one may ask, and the seconds that each is for. */
        "RateLimit-Policy": string;
        /** @description What to present (RFC 6750). */
        "WWW-Authenticate": string;
        /** @description There when this is the answer to an earlier request with the same Idempotency-Key. */
        "Idempotency-Replayed": "true";
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getHealth: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        status: "healthy";
                        /** @constant */
                        service: "tenantry";
                        /** Format: date-time */
                        timestamp: string;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            408: components["responses"]["request_timeout"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
        };
    };
    getHealthReady: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ready" | "not_ready";
                        checks: {
                            name: string;
                            ok: boolean;
                        }[];
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            408: components["responses"]["request_timeout"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            /** @description Service Unavailable */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ready" | "not_ready";
                        checks: {
                            name: string;
                            ok: boolean;
                        }[];
                    };
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            403: components["responses"]["forbidden"];
            408: components["responses"]["request_timeout"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
        };
    };
    getOpenapiJson: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            408: components["responses"]["request_timeout"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
        };
    };
    getDocs: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            408: components["responses"]["request_timeout"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
        };
    };
    getDocsByFile: {
        parameters: {
            query?: {
                v?: string;
            };
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/css": string;
                    "text/javascript": string;
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
        };
    };
    postSignup: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    company_name: string;
                    /** Format: email */
                    company_email: string;
                    plan: string;
                    region?: string;
                    phone?: string | null;
                    template?: string;
                    /** @constant */
                    accept_terms: true;
                    /** @constant */
                    accept_privacy: true;
                    /** Format: email */
                    admin_email: string;
                    admin_password: string;
                    admin_first_name: string;
                    admin_last_name: string;
                    /**
                     * @default en
                     * @enum {string}
                     */
                    locale?: "en" | "fr";
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        access_token: string;
                        /** @constant */
                        token_type: "bearer";
                        expires_in: number;
                        refresh_token: string;
                        tenant_id: string;
                        user: {
                            /** Format: uuid */
                            id: string;
                            email: string;
                            first_name: string;
                            last_name: string;
                            locale: string;
                            /** @enum {string} */
                            role: "viewer" | "member" | "manager" | "admin" | "owner";
                        };
                        /** @constant */
                        success: true;
                        trial_ends_at: string | null;
                        login_url: string;
                    } | {
                        /** @constant */
                        success: true;
                        tenant_id: string;
                        trial_ends_at: string | null;
                        login_url: string;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request"];
            403: components["responses"]["signups_closed"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["email_taken"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getSignupCheckEmail: {
        parameters: {
            query: {
                email: string;
            };
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        available: boolean;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getSignupCheckCompany: {
        parameters: {
            query: {
                name: string;
            };
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        available: boolean;
                        tenant_id: string;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getSignupPlans: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        plans: {
                            /** @enum {string} */
                            plan: "FREE" | "STARTER" | "PROFESSIONAL" | "BUSINESS" | "ENTERPRISE";
                            price_cents: number;
                            price_is_minimum: boolean;
                            price_is_per_seat: boolean;
                            currency: string;
                            /** @constant */
                            billing_period: "month";
                            limits: {
                                [key: string]: number | null;
                            };
                            modules: ("crm" | "accounting" | "projects" | "knowledge" | "automation" | "content" | "production" | "voice" | "ai" | "bi")[];
                        }[];
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postTenants: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    company_name: string;
                    /** Format: email */
                    company_email: string;
                    plan: string;
                    region?: string;
                    phone?: string | null;
                    template?: string;
                    /** @constant */
                    accept_terms: true;
                    /** @constant */
                    accept_privacy: true;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        access_token: string | null;
                        /** @constant */
                        token_type: "bearer";
                        expires_in: number;
                        refresh_token: string | null;
                        tenant_id: string;
                        user: {
                            /** Format: uuid */
                            id: string;
                            email: string;
                            first_name: string;
                            last_name: string;
                            locale: string;
                            /** @enum {string} */
                            role: "viewer" | "member" | "manager" | "admin" | "owner";
                        };
                        /** @constant */
                        success: true;
                        trial_ends_at: string | null;
                        login_url: string;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["email_not_verified.session_required.signups_closed.tenant_cancelled.tenant_mismatch"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postAuthLogin: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
                /** @description The tenant to sign in to, for members of several. */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: email */
                    email: string;
                    password: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        access_token: string;
                        /** @constant */
                        token_type: "bearer";
                        expires_in: number;
                        refresh_token: string;
                        tenant_id: string;
                        user: {
                            /** Format: uuid */
                            id: string;
                            email: string;
                            first_name: string;
                            last_name: string;
                            locale: string;
                            /** @enum {string} */
                            role: "viewer" | "member" | "manager" | "admin" | "owner";
                        };
                    } | {
                        tenants: {
                            tenant_id: string;
                            name: string;
                            /** @enum {string} */
                            role: "viewer" | "member" | "manager" | "admin" | "owner";
                        }[];
                        selection_token: string;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request"];
            401: components["responses"]["invalid_credentials"];
            403: components["responses"]["tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postAuthSelectTenant: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    tenant_id: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        access_token: string;
                        /** @constant */
                        token_type: "bearer";
                        expires_in: number;
                        refresh_token: string;
                        tenant_id: string;
                        user: {
                            /** Format: uuid */
                            id: string;
                            email: string;
                            first_name: string;
                            last_name: string;
                            locale: string;
                            /** @enum {string} */
                            role: "viewer" | "member" | "manager" | "admin" | "owner";
                        };
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postAuthRefresh: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    refresh_token: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        access_token: string;
                        /** @constant */
                        token_type: "bearer";
                        expires_in: number;
                        refresh_token: string;
                        tenant_id: string;
                        user: {
                            /** Format: uuid */
                            id: string;
                            email: string;
                            first_name: string;
                            last_name: string;
                            locale: string;
                            /** @enum {string} */
                            role: "viewer" | "member" | "manager" | "admin" | "owner";
                        };
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request"];
            401: components["responses"]["invalid_refresh_token"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postAuthLogout: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    refresh_token: string;
                };
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postAuthLogoutAll: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request"];
            401: components["responses"]["unauthenticated"];
            408: components["responses"]["request_timeout"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getWellKnownJwksJson: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keys: {
                            [key: string]: unknown;
                        }[];
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            408: components["responses"]["request_timeout"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.overloaded"];
        };
    };
    postAuthForgotPassword: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: email */
                    email: string;
                };
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postAuthResetPassword: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                    password: string;
                };
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.token_invalid"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postAuthVerifyEmail: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                };
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.token_invalid"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postAuthResendVerification: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: email */
                    email: string;
                };
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postMePassword: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    current_password: string;
                    new_password: string;
                };
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["session_required.tenant_cancelled.tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["conflict"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        user: {
                            /** Format: uuid */
                            id: string;
                            email: string;
                            first_name: string;
                            last_name: string;
                            locale: string;
                            /** @enum {string} */
                            role: "viewer" | "member" | "manager" | "admin" | "owner";
                        };
                        tenant: {
                            tenant_id: string;
                            name: string;
                            plan: string;
                            status: string;
                            trial_ends_at: string | null;
                            host: string | null;
                        };
                        settings: {
                            theme: string;
                            language: string;
                            time_zone: string;
                            date_format: string;
                            currency: string;
                        };
                        preferences: {
                            theme: string | null;
                            language: string | null;
                            time_zone: string | null;
                            date_format: string | null;
                        };
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["session_required.tenant_cancelled.tenant_mismatch"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchMe: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    first_name?: string;
                    last_name?: string;
                    /** @enum {string} */
                    locale?: "en" | "fr";
                    theme?: ("light" | "dark") | null;
                    language?: ("en" | "fr") | null;
                    time_zone?: string | null;
                    date_format?: ("DD/MM/YYYY" | "MM/DD/YYYY" | "YYYY-MM-DD" | "DD.MM.YYYY") | null;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        user: {
                            /** Format: uuid */
                            id: string;
                            email: string;
                            first_name: string;
                            last_name: string;
                            locale: string;
                            /** @enum {string} */
                            role: "viewer" | "member" | "manager" | "admin" | "owner";
                        };
                        tenant: {
                            tenant_id: string;
                            name: string;
                            plan: string;
                            status: string;
                            trial_ends_at: string | null;
                            host: string | null;
                        };
                        settings: {
                            theme: string;
                            language: string;
                            time_zone: string;
                            date_format: string;
                            currency: string;
                        };
                        preferences: {
                            theme: string | null;
                            language: string | null;
                            time_zone: string | null;
                            date_format: string | null;
                        };
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["session_required.tenant_cancelled.tenant_mismatch"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postMeLeave: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["role_too_high.session_required.tenant_cancelled.tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["last_owner"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getUsers: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                role?: "viewer" | "member" | "manager" | "admin" | "owner";
                status?: "active" | "disabled";
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** Format: uuid */
                            id: string;
                            email: string;
                            first_name: string;
                            last_name: string;
                            /** @enum {string} */
                            role: "viewer" | "member" | "manager" | "admin" | "owner";
                            /** @enum {string} */
                            status: "active" | "disabled";
                            /** Format: date-time */
                            created_at: string;
                        }[];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getUsersById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        email: string;
                        first_name: string;
                        last_name: string;
                        /** @enum {string} */
                        role: "viewer" | "member" | "manager" | "admin" | "owner";
                        /** @enum {string} */
                        status: "active" | "disabled";
                        /** Format: date-time */
                        created_at: string;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    deleteUsersById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.role_too_high.session_required.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["last_owner"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchUsersById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    role?: "viewer" | "member" | "manager" | "admin" | "owner";
                    /** @enum {string} */
                    status?: "active" | "disabled";
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        email: string;
                        first_name: string;
                        last_name: string;
                        /** @enum {string} */
                        role: "viewer" | "member" | "manager" | "admin" | "owner";
                        /** @enum {string} */
                        status: "active" | "disabled";
                        /** Format: date-time */
                        created_at: string;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.limit_reached.role_too_high.session_required.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["last_owner"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postUsersByIdTransferOwnership: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        email: string;
                        first_name: string;
                        last_name: string;
                        /** @enum {string} */
                        role: "viewer" | "member" | "manager" | "admin" | "owner";
                        /** @enum {string} */
                        status: "active" | "disabled";
                        /** Format: date-time */
                        created_at: string;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.session_required.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["conflict"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getInvitations: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                status?: "pending" | "accepted" | "revoked" | "expired";
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** Format: uuid */
                            id: string;
                            email: string;
                            /** @enum {string} */
                            role: "viewer" | "member" | "manager" | "admin" | "owner";
                            /** @enum {string} */
                            status: "pending" | "accepted" | "revoked" | "expired";
                            invited_by: string | null;
                            /** Format: date-time */
                            created_at: string;
                            /** Format: date-time */
                            expires_at: string;
                            accepted_at: string | null;
                        }[];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postInvitations: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: email */
                    email: string;
                    /** @enum {string} */
                    role: "viewer" | "member" | "manager" | "admin" | "owner";
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        email: string;
                        /** @enum {string} */
                        role: "viewer" | "member" | "manager" | "admin" | "owner";
                        /** @enum {string} */
                        status: "pending" | "accepted" | "revoked" | "expired";
                        invited_by: string | null;
                        /** Format: date-time */
                        created_at: string;
                        /** Format: date-time */
                        expires_at: string;
                        accepted_at: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.limit_reached.role_too_high.session_required.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["already_invited.already_member"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postInvitationsByIdResend: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        email: string;
                        /** @enum {string} */
                        role: "viewer" | "member" | "manager" | "admin" | "owner";
                        /** @enum {string} */
                        status: "pending" | "accepted" | "revoked" | "expired";
                        invited_by: string | null;
                        /** Format: date-time */
                        created_at: string;
                        /** Format: date-time */
                        expires_at: string;
                        accepted_at: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.limit_reached.role_too_high.session_required.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["already_invited.already_member.conflict"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    deleteInvitationsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["conflict"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postAuthAcceptInvitation: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                    first_name?: string;
                    last_name?: string;
                    password?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        access_token: string;
                        /** @constant */
                        token_type: "bearer";
                        expires_in: number;
                        refresh_token: string;
                        tenant_id: string;
                        user: {
                            /** Format: uuid */
                            id: string;
                            email: string;
                            first_name: string;
                            last_name: string;
                            locale: string;
                            /** @enum {string} */
                            role: "viewer" | "member" | "manager" | "admin" | "owner";
                        };
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.token_invalid"];
            401: components["responses"]["invalid_credentials"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["already_member.conflict.email_taken"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getApiKeys: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** @enum {string} */
                            role: "viewer" | "member" | "manager" | "admin" | "owner";
                            created_by: string | null;
                            /** Format: date-time */
                            created_at: string;
                            expires_at: string | null;
                            last_used_at: string | null;
                            revoked_at: string | null;
                        }[];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postApiKeys: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** @enum {string} */
                    role: "viewer" | "member" | "manager" | "admin" | "owner";
                    expires_at?: string | null;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        name: string;
                        /** @enum {string} */
                        role: "viewer" | "member" | "manager" | "admin" | "owner";
                        created_by: string | null;
                        /** Format: date-time */
                        created_at: string;
                        expires_at: string | null;
                        last_used_at: string | null;
                        revoked_at: string | null;
                        key: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.role_too_high.session_required.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    deleteApiKeysById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getSettings: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        theme: string;
                        language: string;
                        time_zone: string;
                        date_format: string;
                        currency: string;
                        vat_rate_basis_points: number;
                        automatic_numbering: boolean;
                        backups: boolean;
                        /** @constant */
                        audit: true;
                        /** Format: date-time */
                        updated_at: string;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchSettings: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    theme?: "light" | "dark";
                    /** @enum {string} */
                    language?: "en" | "fr";
                    time_zone?: string;
                    /** @enum {string} */
                    date_format?: "DD/MM/YYYY" | "MM/DD/YYYY" | "YYYY-MM-DD" | "DD.MM.YYYY";
                    currency?: string;
                    vat_rate_basis_points?: number;
                    automatic_numbering?: boolean;
                    backups?: boolean;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        theme: string;
                        language: string;
                        time_zone: string;
                        date_format: string;
                        currency: string;
                        vat_rate_basis_points: number;
                        automatic_numbering: boolean;
                        backups: boolean;
                        /** @constant */
                        audit: true;
                        /** Format: date-time */
                        updated_at: string;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getNotifications: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                unread?: "true" | "false";
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** Format: uuid */
                            id: string;
                            /** @enum {string} */
                            category: "system" | "stock" | "project" | "production";
                            /** @enum {string} */
                            priority: "normal" | "high" | "urgent";
                            title: string;
                            body: string;
                            read_at: string | null;
                            /** Format: date-time */
                            created_at: string;
                        }[];
                        next_cursor: string | null;
                        unread_count: number;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["session_required.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postNotificationsByIdRead: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["session_required.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getNotificationPreferences: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        preferences: {
                            /** @enum {string} */
                            category: "system" | "stock" | "project" | "production";
                            /** @enum {string} */
                            minimum_priority: "normal" | "high" | "urgent";
                            email: boolean;
                            push: boolean;
                            sound: boolean;
                        }[];
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["session_required.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchNotificationPreferences: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    preferences: {
                        /** @enum {string} */
                        minimum_priority?: "normal" | "high" | "urgent";
                        email?: boolean;
                        push?: boolean;
                        sound?: boolean;
                        /** @enum {string} */
                        category: "system" | "stock" | "project" | "production";
                    }[];
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        preferences: {
                            /** @enum {string} */
                            category: "system" | "stock" | "project" | "production";
                            /** @enum {string} */
                            minimum_priority: "normal" | "high" | "urgent";
                            email: boolean;
                            push: boolean;
                            sound: boolean;
                        }[];
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["session_required.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getMenu: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        sections: {
                            id: string;
                            label: string;
                            items: {
                                id: string;
                                label: string;
                                path: string;
                                /** @enum {string} */
                                permission: "account:self" | "records:read" | "records:write" | "records:delete" | "workflows:run" | "users:manage" | "invitations:manage" | "api_keys:manage" | "settings:manage" | "audit:read" | "billing:manage" | "ownership:transfer" | "tenant:close";
                                /** @enum {string} */
                                module?: "crm" | "accounting" | "projects" | "knowledge" | "automation" | "content" | "production" | "voice" | "ai" | "bi";
                            }[];
                        }[];
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["session_required.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getAudit: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                actor_kind?: "user" | "api_key" | "operator" | "system";
                actor_id?: string;
                action?: string;
                object_type?: string;
                object_id?: string;
                from?: string;
                to?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** Format: uuid */
                            id: string;
                            /** @enum {string} */
                            actor_kind: "user" | "api_key" | "operator" | "system";
                            actor_id: string;
                            actor_name: string | null;
                            actor_email: string | null;
                            action: string;
                            object_type: string;
                            object_id: string;
                            changed_fields: string[];
                            reason: string | null;
                            ip: string | null;
                            request_id: string;
                            /** Format: date-time */
                            created_at: string;
                        }[];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getAuditExport: {
        parameters: {
            query?: {
                format?: "csv" | "ndjson";
                actor_kind?: "user" | "api_key" | "operator" | "system";
                actor_id?: string;
                action?: string;
                object_type?: string;
                object_id?: string;
                from?: string;
                to?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The name of the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["insufficient_role.tenant_cancelled.tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getCredits: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        balance: number;
                        lots: {
                            /** Format: uuid */
                            id: string;
                            remaining: number;
                            expires_at: string | null;
                        }[];
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getCreditsEntries: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            operation_id: string;
                            /** @enum {string} */
                            kind: "grant" | "debit" | "refund" | "expiry";
                            amount: number;
                            /** Format: uuid */
                            lot_id: string;
                            reason: string | null;
                            debit_id: string | null;
                            /** @enum {string} */
                            actor_kind: "user" | "api_key" | "operator" | "system";
                            /** Format: date-time */
                            created_at: string;
                        }[];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postCreditsDebits: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    amount: number;
                    reason: string;
                    idempotency_key: string;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        operation_id: string;
                        amount: number;
                        balance: number;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["insufficient_credits.payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.session_required.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postAdminTenantsByIdCredits: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @constant */
                    kind: "grant";
                    amount: number;
                    reason: string;
                    idempotency_key: string;
                    expires_at?: string | null;
                } | {
                    /** @constant */
                    kind: "debit";
                    amount: number;
                    reason: string;
                    idempotency_key: string;
                } | {
                    /** @constant */
                    kind: "refund";
                    amount: number;
                    reason: string;
                    idempotency_key: string;
                    /** Format: uuid */
                    debit_id: string;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        operation_id: string;
                        /** @enum {string} */
                        kind: "grant" | "debit" | "refund";
                        amount: number;
                        balance: number;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["insufficient_credits"];
            403: components["responses"]["totp_enrolment_required"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postAuthAdminLogin: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: email */
                    email: string;
                    password: string;
                    totp?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        access_token: string;
                        /** @constant */
                        token_type: "bearer";
                        expires_in: number;
                        admin: {
                            /** Format: uuid */
                            id: string;
                            email: string;
                            totp_enrolled: boolean;
                        };
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request"];
            401: components["responses"]["invalid_credentials.totp_required"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postAuthAdminTotp: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        secret: string;
                        otpauth_url: string;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["session_required"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["totp_enrolled"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postAuthAdminTotpConfirm: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    totp: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        access_token: string;
                        /** @constant */
                        token_type: "bearer";
                        expires_in: number;
                        admin: {
                            /** Format: uuid */
                            id: string;
                            email: string;
                            totp_enrolled: boolean;
                        };
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request"];
            401: components["responses"]["invalid_credentials.unauthenticated"];
            403: components["responses"]["session_required"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["totp_enrolled"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getAdminMe: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        kind: "super_admin";
                        /** Format: uuid */
                        id: string;
                        email: string;
                        totp_enrolled: boolean;
                    } | {
                        /** @constant */
                        kind: "admin_key";
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            401: components["responses"]["unauthenticated"];
            408: components["responses"]["request_timeout"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getAdminPlans: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        plans: {
                            /** @enum {string} */
                            plan: "FREE" | "STARTER" | "PROFESSIONAL" | "BUSINESS" | "ENTERPRISE";
                            price_cents: number;
                            price_is_minimum: boolean;
                            price_is_per_seat: boolean;
                            currency: string;
                            /** @constant */
                            billing_period: "month";
                            limits: {
                                [key: string]: number | null;
                            };
                            modules: ("crm" | "accounting" | "projects" | "knowledge" | "automation" | "content" | "production" | "voice" | "ai" | "bi")[];
                            stripe_price_id: string | null;
                            /** Format: date-time */
                            updated_at: string;
                        }[];
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            408: components["responses"]["request_timeout"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchAdminPlansByPlan: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                plan: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    price_cents?: number;
                    price_is_minimum?: boolean;
                    price_is_per_seat?: boolean;
                    stripe_price_id?: string | null;
                    limits?: {
                        users?: number | null;
                        storage_bytes?: number | null;
                        sites?: number | null;
                        workflows?: number | null;
                        executions_per_month?: number | null;
                        articles_per_week?: number | null;
                        requests_per_minute?: number | null;
                    };
                    modules?: ("crm" | "accounting" | "projects" | "knowledge" | "automation" | "content" | "production" | "voice" | "ai" | "bi")[];
                    /** @default false */
                    force?: boolean;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        plan: "FREE" | "STARTER" | "PROFESSIONAL" | "BUSINESS" | "ENTERPRISE";
                        price_cents: number;
                        price_is_minimum: boolean;
                        price_is_per_seat: boolean;
                        currency: string;
                        /** @constant */
                        billing_period: "month";
                        limits: {
                            [key: string]: number | null;
                        };
                        modules: ("crm" | "accounting" | "projects" | "knowledge" | "automation" | "content" | "production" | "voice" | "ai" | "bi")[];
                        stripe_price_id: string | null;
                        /** Format: date-time */
                        updated_at: string;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["conflict.usage_over_limits"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getAdminPlansByPlanImpact: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                users?: string;
                storage_bytes?: string;
                sites?: string;
                workflows?: string;
                executions_per_month?: string;
                articles_per_week?: string;
                requests_per_minute?: string;
                modules?: string;
            };
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                plan: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            tenant_id: string;
                            over: {
                                /** @enum {string} */
                                limit: "users" | "storage_bytes" | "sites" | "workflows" | "executions_per_month" | "articles_per_week";
                                used: number;
                                allowed: number;
                            }[];
                        }[];
                        next_cursor: string | null;
                        tenants: number;
                        tenants_over: number;
                        tenants_losing_modules: number;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getAdminSettings: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        trial_days: number;
                        signups_open: boolean;
                        /** @enum {string} */
                        default_region: "DZ" | "CH" | "FR" | "BE" | "CA";
                        /** @enum {string} */
                        default_language: "en" | "fr";
                        /** Format: date-time */
                        updated_at: string;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            408: components["responses"]["request_timeout"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchAdminSettings: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    trial_days?: number;
                    signups_open?: boolean;
                    /** @enum {string} */
                    default_region?: "DZ" | "CH" | "FR" | "BE" | "CA";
                    /** @enum {string} */
                    default_language?: "en" | "fr";
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        trial_days: number;
                        signups_open: boolean;
                        /** @enum {string} */
                        default_region: "DZ" | "CH" | "FR" | "BE" | "CA";
                        /** @enum {string} */
                        default_language: "en" | "fr";
                        /** Format: date-time */
                        updated_at: string;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getAdminNotificationTemplates: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        templates: {
                            name: string;
                            /** @enum {string} */
                            category: "system" | "stock" | "project" | "production";
                            /** @enum {string} */
                            priority: "normal" | "high" | "urgent";
                            title: {
                                en: string;
                                fr: string;
                            };
                            body: {
                                en: string;
                                fr: string;
                            };
                            placeholders: {
                                name: string;
                                meaning: string;
                            }[];
                            /** Format: date-time */
                            updated_at: string;
                        }[];
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            408: components["responses"]["request_timeout"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchAdminNotificationTemplatesByName: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    priority?: "normal" | "high" | "urgent";
                    title?: {
                        en?: string;
                        fr?: string;
                    };
                    body?: {
                        en?: string;
                        fr?: string;
                    };
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @enum {string} */
                        category: "system" | "stock" | "project" | "production";
                        /** @enum {string} */
                        priority: "normal" | "high" | "urgent";
                        title: {
                            en: string;
                            fr: string;
                        };
                        body: {
                            en: string;
                            fr: string;
                        };
                        placeholders: {
                            name: string;
                            meaning: string;
                        }[];
                        /** Format: date-time */
                        updated_at: string;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getAdminTenants: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                sort?: "-created_at" | "created_at" | "-name" | "name";
                status?: string;
                plan?: string;
                region?: string;
                q?: string;
                /** @description Any number of filters by a member of the metadata, such as metadata.sector=metal. */
                metadata?: {
                    [key: string]: string;
                };
            };
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        tenants: {
                            tenant_id: string;
                            name: string;
                            /** @enum {string} */
                            status: "PENDING" | "TRIAL" | "ACTIVE" | "SUSPENDED" | "CANCELLED" | "DELETING" | "DELETED";
                            /** @enum {string} */
                            plan: "FREE" | "STARTER" | "PROFESSIONAL" | "BUSINESS" | "ENTERPRISE";
                            /** @enum {string} */
                            region: "DZ" | "CH" | "FR" | "BE" | "CA";
                            users: number;
                            /** Format: date-time */
                            created_at: string;
                            trial_ends_at: string | null;
                        }[];
                        stats: {
                            total: number;
                            pending: number;
                            active: number;
                            trial: number;
                            suspended: number;
                            cancelled: number;
                        };
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            408: components["responses"]["request_timeout"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postAdminTenants: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    company_name: string;
                    code?: string;
                    /** Format: email */
                    company_email?: string;
                    /** Format: email */
                    admin_email?: string;
                    admin_first_name?: string;
                    admin_last_name?: string;
                    plan?: string;
                    region?: string;
                    phone?: string;
                    template?: string;
                    /** @default false */
                    trial?: boolean;
                    limits?: {
                        users?: number | null;
                        storage_bytes?: number | null;
                        sites?: number | null;
                        workflows?: number | null;
                        executions_per_month?: number | null;
                        articles_per_week?: number | null;
                        requests_per_minute?: number | null;
                    };
                    settings?: {
                        /** @enum {string} */
                        theme?: "light" | "dark";
                        /** @enum {string} */
                        language?: "en" | "fr";
                        time_zone?: string;
                        /** @enum {string} */
                        date_format?: "DD/MM/YYYY" | "MM/DD/YYYY" | "YYYY-MM-DD" | "DD.MM.YYYY";
                        currency?: string;
                        vat_rate_basis_points?: number;
                        automatic_numbering?: boolean;
                        backups?: boolean;
                    };
                    metadata?: {
                        [key: string]: components["schemas"]["JsonValue"];
                    };
                    /** Format: email */
                    standard_user_email?: string;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        tenant_id: string;
                        id: string;
                        name: string;
                        /** @enum {string} */
                        status: "PENDING" | "TRIAL" | "ACTIVE" | "SUSPENDED" | "CANCELLED" | "DELETING" | "DELETED";
                        /** @enum {string} */
                        plan: "FREE" | "STARTER" | "PROFESSIONAL" | "BUSINESS" | "ENTERPRISE";
                        /** @enum {string} */
                        region: "DZ" | "CH" | "FR" | "BE" | "CA";
                        trial_ends_at: string | null;
                        host: string | null;
                        owner: {
                            /** Format: uuid */
                            user_id: string;
                            email: string;
                            password?: string | null;
                        };
                        standard_user?: {
                            /** Format: uuid */
                            user_id: string;
                            email: string;
                        };
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["account_not_verified.conflict.email_taken.tenant_id_taken.usage_over_limits"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error.provisioning_failed"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postAdminTenantsByIdMembers: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: email */
                    email: string;
                    /** @enum {string} */
                    role: "viewer" | "member" | "manager" | "admin" | "owner";
                    first_name?: string;
                    last_name?: string;
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        tenant_id: string;
                        /** Format: uuid */
                        user_id: string;
                        email: string;
                        /** @enum {string} */
                        role: "viewer" | "member" | "manager" | "admin" | "owner";
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required"];
            403: components["responses"]["limit_reached.totp_enrolment_required"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["account_not_verified.already_member.conflict.status_not_allowed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getAdminStats: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        totals: {
                            total: number;
                            pending: number;
                            active: number;
                            trial: number;
                            suspended: number;
                            cancelled: number;
                        };
                        by_region: {
                            [key: string]: number;
                        };
                        by_plan: {
                            [key: string]: number;
                        };
                        mrr: {
                            currency: string;
                            total_cents: number;
                            subscribed_cents: number;
                            other_cents: number;
                        };
                        months: {
                            month: string;
                            signups: number;
                            conversions: number;
                            churn: number;
                            mrr_cents: number;
                        }[];
                        usage: {
                            limits: {
                                [key: string]: number;
                            };
                            metrics: {
                                metric: string;
                                quantity: number;
                            }[];
                        };
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            408: components["responses"]["request_timeout"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getAdminAudit: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                actor_kind?: "super_admin" | "admin_key" | "user" | "system";
                actor_id?: string;
                action?: string;
                tenant_id?: string;
                object_type?: string;
                object_id?: string;
                from?: string;
                to?: string;
            };
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** Format: uuid */
                            id: string;
                            /** @enum {string} */
                            actor_kind: "super_admin" | "admin_key" | "user" | "system";
                            actor_id: string;
                            action: string;
                            object_type: string;
                            object_id: string;
                            tenant_id: string | null;
                            changed_fields: string[];
                            reason: string | null;
                            ip: string | null;
                            request_id: string;
                            /** Format: date-time */
                            created_at: string;
                        }[];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            408: components["responses"]["request_timeout"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getAdminTenantsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        tenant_id: string;
                        name: string;
                        host: string | null;
                        company_email: string | null;
                        admin_email: string | null;
                        phone: string | null;
                        /** @enum {string} */
                        region: "DZ" | "CH" | "FR" | "BE" | "CA";
                        /** @enum {string} */
                        status: "PENDING" | "TRIAL" | "ACTIVE" | "SUSPENDED" | "CANCELLED" | "DELETING" | "DELETED";
                        status_reason: string | null;
                        /** @enum {string} */
                        status_set_by: "system" | "billing" | "operator";
                        /** Format: date-time */
                        status_changed_at: string;
                        /** @enum {string} */
                        plan: "FREE" | "STARTER" | "PROFESSIONAL" | "BUSINESS" | "ENTERPRISE";
                        trial_ends_at: string | null;
                        past_due_since: string | null;
                        /** Format: date-time */
                        created_at: string;
                        /** Format: date-time */
                        updated_at: string;
                        metadata: {
                            [key: string]: components["schemas"]["JsonValue"];
                        };
                        settings: {
                            theme: string;
                            language: string;
                            time_zone: string;
                            date_format: string;
                            currency: string;
                            vat_rate_basis_points: number;
                            automatic_numbering: boolean;
                            backups: boolean;
                            audit: boolean;
                        } | null;
                        limit_overrides: {
                            [key: string]: number | null;
                        };
                        module_overrides: {
                            [key: string]: boolean;
                        };
                        limits: {
                            [key: string]: {
                                used: number;
                                limit: number | null;
                                resets_at: string | null;
                            };
                        };
                        modules: ("crm" | "accounting" | "projects" | "knowledge" | "automation" | "content" | "production" | "voice" | "ai" | "bi")[];
                        subscription: {
                            customer_id: string | null;
                            id: string | null;
                            status: string | null;
                            price_id: string | null;
                            quantity: number | null;
                            current_period_end: string | null;
                            cancel_at: string | null;
                        } | null;
                        users: number;
                        users_by_role: {
                            [key: string]: number;
                        };
                        last_activity_at: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    deleteAdminTenantsById: {
        parameters: {
            query?: {
                dry_run?: "true" | "false";
            };
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    /** @description The certificate. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        tenant_id: string;
                        /** @enum {string} */
                        status: "PENDING" | "TRIAL" | "ACTIVE" | "SUSPENDED" | "CANCELLED" | "DELETING" | "DELETED";
                        tables: {
                            table: string;
                            rows: number;
                            bytes: number;
                            kept: string | null;
                        }[];
                        users: number;
                    };
                };
            };
            /** @description Accepted */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    /** @description The certificate. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        tenant_id: string;
                        /** @constant */
                        status: "DELETING";
                        certificate: string;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchAdminTenantsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    /** Format: email */
                    company_email?: string;
                    /** Format: email */
                    admin_email?: string;
                    phone?: string | null;
                    region?: string;
                    metadata?: {
                        [key: string]: components["schemas"]["JsonValue"];
                    };
                    plan?: string;
                    limits?: {
                        users?: number | null | "plan";
                        storage_bytes?: number | null | "plan";
                        sites?: number | null | "plan";
                        workflows?: number | null | "plan";
                        executions_per_month?: number | null | "plan";
                        articles_per_week?: number | null | "plan";
                        requests_per_minute?: number | null | "plan";
                    };
                    modules?: {
                        crm?: boolean | null;
                        accounting?: boolean | null;
                        projects?: boolean | null;
                        knowledge?: boolean | null;
                        automation?: boolean | null;
                        content?: boolean | null;
                        production?: boolean | null;
                        voice?: boolean | null;
                        ai?: boolean | null;
                        bi?: boolean | null;
                    };
                    /** Format: date-time */
                    trial_ends_at?: string;
                    /** @default false */
                    force?: boolean;
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        tenant_id: string;
                        name: string;
                        host: string | null;
                        company_email: string | null;
                        admin_email: string | null;
                        phone: string | null;
                        /** @enum {string} */
                        region: "DZ" | "CH" | "FR" | "BE" | "CA";
                        /** @enum {string} */
                        status: "PENDING" | "TRIAL" | "ACTIVE" | "SUSPENDED" | "CANCELLED" | "DELETING" | "DELETED";
                        status_reason: string | null;
                        /** @enum {string} */
                        status_set_by: "system" | "billing" | "operator";
                        /** Format: date-time */
                        status_changed_at: string;
                        /** @enum {string} */
                        plan: "FREE" | "STARTER" | "PROFESSIONAL" | "BUSINESS" | "ENTERPRISE";
                        trial_ends_at: string | null;
                        past_due_since: string | null;
                        /** Format: date-time */
                        created_at: string;
                        /** Format: date-time */
                        updated_at: string;
                        metadata: {
                            [key: string]: components["schemas"]["JsonValue"];
                        };
                        settings: {
                            theme: string;
                            language: string;
                            time_zone: string;
                            date_format: string;
                            currency: string;
                            vat_rate_basis_points: number;
                            automatic_numbering: boolean;
                            backups: boolean;
                            audit: boolean;
                        } | null;
                        limit_overrides: {
                            [key: string]: number | null;
                        };
                        module_overrides: {
                            [key: string]: boolean;
                        };
                        limits: {
                            [key: string]: {
                                used: number;
                                limit: number | null;
                                resets_at: string | null;
                            };
                        };
                        modules: ("crm" | "accounting" | "projects" | "knowledge" | "automation" | "content" | "production" | "voice" | "ai" | "bi")[];
                        subscription: {
                            customer_id: string | null;
                            id: string | null;
                            status: string | null;
                            price_id: string | null;
                            quantity: number | null;
                            current_period_end: string | null;
                            cancel_at: string | null;
                        } | null;
                        users: number;
                        users_by_role: {
                            [key: string]: number;
                        };
                        last_activity_at: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["status_not_allowed.usage_over_limits"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postAdminTenantsByIdSuspend: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        tenant_id: string;
                        name: string;
                        host: string | null;
                        company_email: string | null;
                        admin_email: string | null;
                        phone: string | null;
                        /** @enum {string} */
                        region: "DZ" | "CH" | "FR" | "BE" | "CA";
                        /** @enum {string} */
                        status: "PENDING" | "TRIAL" | "ACTIVE" | "SUSPENDED" | "CANCELLED" | "DELETING" | "DELETED";
                        status_reason: string | null;
                        /** @enum {string} */
                        status_set_by: "system" | "billing" | "operator";
                        /** Format: date-time */
                        status_changed_at: string;
                        /** @enum {string} */
                        plan: "FREE" | "STARTER" | "PROFESSIONAL" | "BUSINESS" | "ENTERPRISE";
                        trial_ends_at: string | null;
                        past_due_since: string | null;
                        /** Format: date-time */
                        created_at: string;
                        /** Format: date-time */
                        updated_at: string;
                        metadata: {
                            [key: string]: components["schemas"]["JsonValue"];
                        };
                        settings: {
                            theme: string;
                            language: string;
                            time_zone: string;
                            date_format: string;
                            currency: string;
                            vat_rate_basis_points: number;
                            automatic_numbering: boolean;
                            backups: boolean;
                            audit: boolean;
                        } | null;
                        limit_overrides: {
                            [key: string]: number | null;
                        };
                        module_overrides: {
                            [key: string]: boolean;
                        };
                        limits: {
                            [key: string]: {
                                used: number;
                                limit: number | null;
                                resets_at: string | null;
                            };
                        };
                        modules: ("crm" | "accounting" | "projects" | "knowledge" | "automation" | "content" | "production" | "voice" | "ai" | "bi")[];
                        subscription: {
                            customer_id: string | null;
                            id: string | null;
                            status: string | null;
                            price_id: string | null;
                            quantity: number | null;
                            current_period_end: string | null;
                            cancel_at: string | null;
                        } | null;
                        users: number;
                        users_by_role: {
                            [key: string]: number;
                        };
                        last_activity_at: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["status_not_allowed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postAdminTenantsByIdReactivate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        tenant_id: string;
                        name: string;
                        host: string | null;
                        company_email: string | null;
                        admin_email: string | null;
                        phone: string | null;
                        /** @enum {string} */
                        region: "DZ" | "CH" | "FR" | "BE" | "CA";
                        /** @enum {string} */
                        status: "PENDING" | "TRIAL" | "ACTIVE" | "SUSPENDED" | "CANCELLED" | "DELETING" | "DELETED";
                        status_reason: string | null;
                        /** @enum {string} */
                        status_set_by: "system" | "billing" | "operator";
                        /** Format: date-time */
                        status_changed_at: string;
                        /** @enum {string} */
                        plan: "FREE" | "STARTER" | "PROFESSIONAL" | "BUSINESS" | "ENTERPRISE";
                        trial_ends_at: string | null;
                        past_due_since: string | null;
                        /** Format: date-time */
                        created_at: string;
                        /** Format: date-time */
                        updated_at: string;
                        metadata: {
                            [key: string]: components["schemas"]["JsonValue"];
                        };
                        settings: {
                            theme: string;
                            language: string;
                            time_zone: string;
                            date_format: string;
                            currency: string;
                            vat_rate_basis_points: number;
                            automatic_numbering: boolean;
                            backups: boolean;
                            audit: boolean;
                        } | null;
                        limit_overrides: {
                            [key: string]: number | null;
                        };
                        module_overrides: {
                            [key: string]: boolean;
                        };
                        limits: {
                            [key: string]: {
                                used: number;
                                limit: number | null;
                                resets_at: string | null;
                            };
                        };
                        modules: ("crm" | "accounting" | "projects" | "knowledge" | "automation" | "content" | "production" | "voice" | "ai" | "bi")[];
                        subscription: {
                            customer_id: string | null;
                            id: string | null;
                            status: string | null;
                            price_id: string | null;
                            quantity: number | null;
                            current_period_end: string | null;
                            cancel_at: string | null;
                        } | null;
                        users: number;
                        users_by_role: {
                            [key: string]: number;
                        };
                        last_activity_at: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["status_not_allowed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postAdminTenantsByIdCancel: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        tenant_id: string;
                        name: string;
                        host: string | null;
                        company_email: string | null;
                        admin_email: string | null;
                        phone: string | null;
                        /** @enum {string} */
                        region: "DZ" | "CH" | "FR" | "BE" | "CA";
                        /** @enum {string} */
                        status: "PENDING" | "TRIAL" | "ACTIVE" | "SUSPENDED" | "CANCELLED" | "DELETING" | "DELETED";
                        status_reason: string | null;
                        /** @enum {string} */
                        status_set_by: "system" | "billing" | "operator";
                        /** Format: date-time */
                        status_changed_at: string;
                        /** @enum {string} */
                        plan: "FREE" | "STARTER" | "PROFESSIONAL" | "BUSINESS" | "ENTERPRISE";
                        trial_ends_at: string | null;
                        past_due_since: string | null;
                        /** Format: date-time */
                        created_at: string;
                        /** Format: date-time */
                        updated_at: string;
                        metadata: {
                            [key: string]: components["schemas"]["JsonValue"];
                        };
                        settings: {
                            theme: string;
                            language: string;
                            time_zone: string;
                            date_format: string;
                            currency: string;
                            vat_rate_basis_points: number;
                            automatic_numbering: boolean;
                            backups: boolean;
                            audit: boolean;
                        } | null;
                        limit_overrides: {
                            [key: string]: number | null;
                        };
                        module_overrides: {
                            [key: string]: boolean;
                        };
                        limits: {
                            [key: string]: {
                                used: number;
                                limit: number | null;
                                resets_at: string | null;
                            };
                        };
                        modules: ("crm" | "accounting" | "projects" | "knowledge" | "automation" | "content" | "production" | "voice" | "ai" | "bi")[];
                        subscription: {
                            customer_id: string | null;
                            id: string | null;
                            status: string | null;
                            price_id: string | null;
                            quantity: number | null;
                            current_period_end: string | null;
                            cancel_at: string | null;
                        } | null;
                        users: number;
                        users_by_role: {
                            [key: string]: number;
                        };
                        last_activity_at: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["status_not_allowed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getAdminTenantsByIdSupportSessions: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            super_admin_id: string;
                            super_admin_email: string;
                            reason: string;
                            is_read_only: boolean;
                            /** Format: date-time */
                            created_at: string;
                            /** Format: date-time */
                            expires_at: string;
                            ended_at: string | null;
                            ended_by_kind: ("user" | "api_key" | "operator") | null;
                            ended_by: string | null;
                        }[];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postAdminTenantsByIdSupportSessions: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                    /** @default 60 */
                    minutes?: number;
                    /** @default false */
                    write?: boolean;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        support_session: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            super_admin_id: string;
                            super_admin_email: string;
                            reason: string;
                            is_read_only: boolean;
                            /** Format: date-time */
                            created_at: string;
                            /** Format: date-time */
                            expires_at: string;
                            ended_at: string | null;
                            ended_by_kind: ("user" | "api_key" | "operator") | null;
                            ended_by: string | null;
                        };
                        access_token: string | null;
                        /** @constant */
                        token_type: "bearer";
                        expires_in: number;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["session_required.totp_enrolment_required"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["status_not_allowed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    deleteAdminTenantsByIdSupportSessionsBySessionId: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["conflict"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getSupportSessions: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            super_admin_id: string;
                            super_admin_email: string;
                            reason: string;
                            is_read_only: boolean;
                            /** Format: date-time */
                            created_at: string;
                            /** Format: date-time */
                            expires_at: string;
                            ended_at: string | null;
                            ended_by_kind: ("user" | "api_key" | "operator") | null;
                            ended_by: string | null;
                        }[];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["insufficient_role.tenant_cancelled.tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    deleteSupportSessionsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["insufficient_role.session_required.tenant_cancelled.tenant_mismatch"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["conflict"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getAdminTenantsByIdExplain: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        tenant_id: string;
                        /** @enum {string} */
                        status: "PENDING" | "TRIAL" | "ACTIVE" | "SUSPENDED" | "CANCELLED" | "DELETING" | "DELETED";
                        /** @enum {string} */
                        plan: "FREE" | "STARTER" | "PROFESSIONAL" | "BUSINESS" | "ENTERPRISE";
                        summary: string;
                        older_steps: number;
                        steps: {
                            /** Format: date-time */
                            at: string;
                            /** @enum {string} */
                            kind: "change" | "event";
                            sentence: string;
                            /** @enum {string} */
                            by: "system" | "operator" | "billing";
                            /** @enum {string} */
                            field?: "status" | "plan" | "trial_ends_at" | "past_due_since";
                            from?: string | null;
                            to?: string | null;
                            cause?: string;
                            event_id?: string;
                            event_type?: string;
                            /** @enum {string} */
                            outcome?: "changed" | "unchanged" | "ignored" | "unmatched" | "waiting";
                        }[];
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getAdminDeletions: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** Format: uuid */
                            id: string;
                            tenant_id: string;
                            /** @enum {string} */
                            status: "running" | "done";
                            requested_by: {
                                /** @enum {string} */
                                kind: "super_admin" | "admin_key" | "system";
                                id: string;
                            };
                            reason: string;
                            /** Format: date-time */
                            requested_at: string;
                            completed_at: string | null;
                            waits_for: string | null;
                            rows_total: number | null;
                            rows_deleted: number;
                            users_deleted: number;
                            jobs_deleted: number;
                            last_seal_hash: string | null;
                        }[];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            408: components["responses"]["request_timeout"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getAdminDeletionsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        tenant_id: string;
                        /** @enum {string} */
                        status: "running" | "done";
                        requested_by: {
                            /** @enum {string} */
                            kind: "super_admin" | "admin_key" | "system";
                            id: string;
                        };
                        reason: string;
                        /** Format: date-time */
                        requested_at: string;
                        completed_at: string | null;
                        waits_for: string | null;
                        rows_total: number | null;
                        rows_deleted: number;
                        users_deleted: number;
                        jobs_deleted: number;
                        last_seal_hash: string | null;
                        tables: {
                            table: string;
                            before: number | null;
                            after: number | null;
                            kept: string | null;
                        }[];
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getBillingSubscription: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        plan: "FREE" | "STARTER" | "PROFESSIONAL" | "BUSINESS" | "ENTERPRISE";
                        /** @enum {string} */
                        status: "PENDING" | "TRIAL" | "ACTIVE" | "SUSPENDED" | "CANCELLED" | "DELETING" | "DELETED";
                        trial_ends_at: string | null;
                        subscription: {
                            id: string;
                            status: string;
                            quantity: number | null;
                            current_period_end: string | null;
                            cancel_at: string | null;
                        } | null;
                        past_due_since: string | null;
                        grace_ends_at: string | null;
                        has_portal: boolean;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["insufficient_role.tenant_cancelled.tenant_mismatch"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["billing_not_configured.database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postBillingCheckout: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    plan: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uri */
                        url: string;
                        expires_at: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["insufficient_role.session_required.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["already_subscribed.conflict.plan_not_for_sale"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["billing_not_configured.billing_unavailable.database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postBillingPortal: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        url: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["insufficient_role.session_required.tenant_cancelled.tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["not_subscribed"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["billing_not_configured.billing_unavailable.database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postWebhooksStripe: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
                /** @description Of the bytes of the body, by the secret of the endpoint. */
                "Stripe-Signature"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        received: true;
                    };
                };
            };
            400: components["responses"]["invalid_request.invalid_signature.malformed_request"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["billing_not_configured.database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getAdminBillingEvents: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                tenant_id?: string;
                type?: string;
                outcome?: "waiting" | "changed" | "unchanged" | "ignored" | "unmatched";
            };
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            id: string;
                            type: string;
                            tenant_id: string | null;
                            customer_id: string | null;
                            /** @enum {string} */
                            source: "webhook" | "reconciliation";
                            /** Format: date-time */
                            occurred_at: string;
                            /** Format: date-time */
                            received_at: string;
                            applied_at: string | null;
                            /** @enum {string} */
                            outcome: "waiting" | "changed" | "unchanged" | "ignored" | "unmatched";
                            finding: string | null;
                            replays: number;
                        }[];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            408: components["responses"]["request_timeout"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getAdminBillingEventsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        type: string;
                        tenant_id: string | null;
                        customer_id: string | null;
                        /** @enum {string} */
                        source: "webhook" | "reconciliation";
                        /** Format: date-time */
                        occurred_at: string;
                        /** Format: date-time */
                        received_at: string;
                        applied_at: string | null;
                        /** @enum {string} */
                        outcome: "waiting" | "changed" | "unchanged" | "ignored" | "unmatched";
                        finding: string | null;
                        replays: number;
                        payload: unknown;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postAdminBillingEventsByIdReplay: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        type: string;
                        tenant_id: string | null;
                        customer_id: string | null;
                        /** @enum {string} */
                        source: "webhook" | "reconciliation";
                        /** Format: date-time */
                        occurred_at: string;
                        /** Format: date-time */
                        received_at: string;
                        applied_at: string | null;
                        /** @enum {string} */
                        outcome: "waiting" | "changed" | "unchanged" | "ignored" | "unmatched";
                        finding: string | null;
                        replays: number;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["totp_enrolment_required"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["not_replayable"];
            422: components["responses"]["idempotency_key_reused"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["billing_not_configured.database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postUsageEvents: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    metric: string;
                    quantity: number;
                    /** Format: date-time */
                    occurred_at?: string;
                    idempotency_key: string;
                } | {
                    events: {
                        metric: string;
                        quantity: number;
                        /** Format: date-time */
                        occurred_at?: string;
                        idempotency_key: string;
                    }[];
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        accepted: number;
                        duplicates: number;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.limit_reached.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getUsage: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        limits: {
                            [key: string]: {
                                used: number;
                                limit: number | null;
                                resets_at: string | null;
                            };
                        };
                        days: {
                            /** Format: date */
                            day: string;
                            limits: {
                                [key: string]: number;
                            };
                            metrics: {
                                [key: string]: number;
                            };
                        }[];
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postClientsImport: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-ndjson": {
                    name: string;
                    email?: string | null;
                    phone?: string | null;
                    address?: string | null;
                    notes?: string | null;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        imported: number;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getClientsExport: {
        parameters: {
            query?: {
                format?: "csv" | "ndjson";
                sort?: "-created_at" | "created_at" | "-name" | "name";
                name?: string;
                email?: string;
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The name of the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getClients: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                sort?: "-created_at" | "created_at" | "-name" | "name";
                name?: string;
                email?: string;
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Client"][];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postClients: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    email?: string | null;
                    phone?: string | null;
                    address?: string | null;
                    notes?: string | null;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Client"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getClientsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Client"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    deleteClientsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["in_use"];
            412: components["responses"]["precondition_failed"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchClientsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    email?: string | null;
                    phone?: string | null;
                    address?: string | null;
                    notes?: string | null;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Client"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getLeadsExport: {
        parameters: {
            query?: {
                format?: "csv" | "ndjson";
                sort?: "-created_at" | "created_at" | "-name" | "name";
                status?: "new" | "contacted" | "qualified" | "lost" | "converted";
                source?: "website" | "referral" | "phone" | "event" | "other";
                client_id?: string;
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The name of the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getLeads: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                sort?: "-created_at" | "created_at" | "-name" | "name";
                status?: "new" | "contacted" | "qualified" | "lost" | "converted";
                source?: "website" | "referral" | "phone" | "event" | "other";
                client_id?: string;
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Lead"][];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postLeads: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    company?: string | null;
                    email?: string | null;
                    phone?: string | null;
                    /**
                     * @default other
                     * @enum {string}
                     */
                    source?: "website" | "referral" | "phone" | "event" | "other";
                    /**
                     * @default new
                     * @enum {string}
                     */
                    status?: "new" | "contacted" | "qualified" | "lost";
                    notes?: string | null;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lead"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getLeadsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lead"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    deleteLeadsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["in_use"];
            412: components["responses"]["precondition_failed"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchLeadsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    company?: string | null;
                    email?: string | null;
                    phone?: string | null;
                    /** @enum {string} */
                    source?: "website" | "referral" | "phone" | "event" | "other";
                    /** @enum {string} */
                    status?: "new" | "contacted" | "qualified" | "lost";
                    notes?: string | null;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lead"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["not_editable"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postLeadsByIdConvert: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    deal?: {
                        title: string;
                        /**
                         * @default lead
                         * @enum {string}
                         */
                        stage?: "lead" | "qualified" | "proposal" | "negotiation" | "won" | "lost";
                        /** @default 0 */
                        amount_cents?: number;
                        currency?: string;
                        probability?: number;
                        expected_close_on?: string | null;
                    };
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        lead: components["schemas"]["Lead"];
                        client: components["schemas"]["Client"];
                        deal: components["schemas"]["Deal"] | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["not_editable"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getDealsPipeline: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @enum {string} */
                            stage: "lead" | "qualified" | "proposal" | "negotiation" | "won" | "lost";
                            currency: string;
                            count: number;
                            amount_cents: number | string;
                            weighted_amount_cents: number | string;
                        }[];
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getDealsExport: {
        parameters: {
            query?: {
                format?: "csv" | "ndjson";
                sort?: "-created_at" | "created_at" | "-title" | "title" | "-amount_cents" | "amount_cents";
                stage?: "lead" | "qualified" | "proposal" | "negotiation" | "won" | "lost";
                client_id?: string;
                lead_id?: string;
                currency?: string;
                q?: string;
                deleted?: "true" | "false";
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The name of the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getDeals: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                sort?: "-created_at" | "created_at" | "-title" | "title" | "-amount_cents" | "amount_cents";
                stage?: "lead" | "qualified" | "proposal" | "negotiation" | "won" | "lost";
                client_id?: string;
                lead_id?: string;
                currency?: string;
                q?: string;
                deleted?: "true" | "false";
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Deal"][];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postDeals: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    title: string;
                    client_id?: string | null;
                    lead_id?: string | null;
                    /**
                     * @default lead
                     * @enum {string}
                     */
                    stage?: "lead" | "qualified" | "proposal" | "negotiation" | "won" | "lost";
                    /** @default 0 */
                    amount_cents?: number;
                    currency?: string;
                    probability?: number;
                    expected_close_on?: string | null;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deal"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getDealsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deal"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    deleteDealsById: {
        parameters: {
            query?: {
                for_good?: "true" | "false";
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["in_use"];
            412: components["responses"]["precondition_failed"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchDealsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    title?: string;
                    client_id?: string | null;
                    lead_id?: string | null;
                    /** @enum {string} */
                    stage?: "lead" | "qualified" | "proposal" | "negotiation" | "won" | "lost";
                    amount_cents?: number;
                    currency?: string;
                    probability?: number;
                    expected_close_on?: string | null;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deal"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postDealsByIdRestore: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deal"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getInvoicesExport: {
        parameters: {
            query?: {
                format?: "csv" | "ndjson";
                sort?: "-created_at" | "created_at";
                status?: "draft" | "issued" | "paid" | "void";
                client_id?: string;
                number?: string;
                currency?: string;
                issued_on?: string;
                due_on?: string;
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The name of the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getInvoices: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                sort?: "-created_at" | "created_at";
                status?: "draft" | "issued" | "paid" | "void";
                client_id?: string;
                number?: string;
                currency?: string;
                issued_on?: string;
                due_on?: string;
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["InvoiceInList"][];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postInvoices: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    client_id?: string | null;
                    due_on?: string | null;
                    note?: string | null;
                    currency?: string;
                    /** @default [] */
                    lines?: {
                        description: string;
                        /** @default 1 */
                        quantity?: string;
                        unit_price_cents: number;
                        vat_rate_basis_points?: number | null;
                    }[];
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invoice"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getInvoicesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invoice"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    deleteInvoicesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["in_use.not_editable"];
            412: components["responses"]["precondition_failed"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchInvoicesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    client_id?: string | null;
                    due_on?: string | null;
                    note?: string | null;
                    currency?: string;
                    lines?: {
                        description: string;
                        /** @default 1 */
                        quantity?: string;
                        unit_price_cents: number;
                        vat_rate_basis_points?: number | null;
                    }[];
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invoice"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["not_editable"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postInvoicesByIdIssue: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    number?: string | null;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invoice"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["conflict.not_editable"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postInvoicesByIdPay: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** Format: date */
                    paid_on?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invoice"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["not_editable"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postInvoicesByIdVoid: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invoice"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["not_editable"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getKnowledgeDocumentsSearch: {
        parameters: {
            query: {
                q: string;
                limit?: number;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** Format: uuid */
                            id: string;
                            title: string;
                            /** @enum {string} */
                            language: "en" | "fr";
                            tags: string[];
                            source_url: string | null;
                            rank: number;
                            excerpt: {
                                before: string;
                                match: string;
                                after: string;
                            };
                            /** Format: date-time */
                            created_at: string;
                            /** Format: date-time */
                            updated_at: string;
                        }[];
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getKnowledgeDocumentsExport: {
        parameters: {
            query?: {
                format?: "csv" | "ndjson";
                sort?: "-created_at" | "created_at" | "-title" | "title";
                title?: string;
                language?: "en" | "fr";
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The name of the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getKnowledgeDocuments: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                sort?: "-created_at" | "created_at" | "-title" | "title";
                title?: string;
                language?: "en" | "fr";
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["KnowledgeDocumentInList"][];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postKnowledgeDocuments: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    title: string;
                    content: string;
                    /** @enum {string} */
                    language?: "en" | "fr";
                    /** @default [] */
                    tags?: string[];
                    source_url?: string | null;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KnowledgeDocument"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.limit_reached.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getKnowledgeDocumentsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KnowledgeDocument"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    deleteKnowledgeDocumentsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["in_use"];
            412: components["responses"]["precondition_failed"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchKnowledgeDocumentsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    title?: string;
                    content?: string;
                    /** @enum {string} */
                    language?: "en" | "fr";
                    tags?: string[];
                    source_url?: string | null;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KnowledgeDocument"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.limit_reached.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getWorkflowsExport: {
        parameters: {
            query?: {
                format?: "csv" | "ndjson";
                sort?: "-created_at" | "created_at" | "-name" | "name";
                engine?: "n8n" | "bolt" | "bmad";
                is_active?: "true" | "false";
                q?: string;
                deleted?: "true" | "false";
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The name of the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getWorkflows: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                sort?: "-created_at" | "created_at" | "-name" | "name";
                engine?: "n8n" | "bolt" | "bmad";
                is_active?: "true" | "false";
                q?: string;
                deleted?: "true" | "false";
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["WorkflowInList"][];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postWorkflows: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    description?: string | null;
                    /** @enum {string} */
                    engine: "n8n" | "bolt" | "bmad";
                    /** @default {} */
                    definition?: {
                        [key: string]: components["schemas"]["JsonValue"];
                    };
                    /** @default true */
                    is_active?: boolean;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workflow"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.limit_reached.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getWorkflowsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workflow"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    deleteWorkflowsById: {
        parameters: {
            query?: {
                for_good?: "true" | "false";
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["in_use"];
            412: components["responses"]["precondition_failed"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchWorkflowsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    description?: string | null;
                    /** @enum {string} */
                    engine?: "n8n" | "bolt" | "bmad";
                    definition?: {
                        [key: string]: components["schemas"]["JsonValue"];
                    };
                    is_active?: boolean;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workflow"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postWorkflowsByIdRestore: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workflow"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.limit_reached.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getWorkflowExecutionsExport: {
        parameters: {
            query?: {
                format?: "csv" | "ndjson";
                sort?: "-created_at" | "created_at";
                workflow_id?: string;
                status?: "running" | "succeeded" | "failed" | "cancelled";
                external_id?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The name of the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getWorkflowExecutions: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                sort?: "-created_at" | "created_at";
                workflow_id?: string;
                status?: "running" | "succeeded" | "failed" | "cancelled";
                external_id?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["WorkflowExecutionInList"][];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getWorkflowExecutionsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowExecution"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postWorkflowsByIdExecutions: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    external_id?: string | null;
                    /** @default {} */
                    input?: {
                        [key: string]: components["schemas"]["JsonValue"];
                    };
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowExecution"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.limit_reached.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["workflow_inactive"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postWorkflowExecutionsByIdFinish: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    status: "succeeded" | "failed" | "cancelled";
                    output?: {
                        [key: string]: components["schemas"]["JsonValue"];
                    } | null;
                    error?: string | null;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowExecution"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["not_editable"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getWorkflowStatesExport: {
        parameters: {
            query?: {
                format?: "csv" | "ndjson";
                sort?: "-created_at" | "created_at";
                workflow_id?: string;
                key?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The name of the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getWorkflowStates: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                sort?: "-created_at" | "created_at";
                workflow_id?: string;
                key?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["WorkflowState"][];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getWorkflowsByIdStatesByKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowState"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    putWorkflowsByIdStatesByKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    value: components["schemas"]["JsonValue"];
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowState"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowState"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    deleteWorkflowsByIdStatesByKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            412: components["responses"]["precondition_failed"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getCredentialsExport: {
        parameters: {
            query?: {
                format?: "csv" | "ndjson";
                sort?: "-created_at" | "created_at" | "-name" | "name";
                kind?: "api_key" | "basic" | "oauth2" | "header";
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The name of the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getCredentials: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                sort?: "-created_at" | "created_at" | "-name" | "name";
                kind?: "api_key" | "basic" | "oauth2" | "header";
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Credential"][];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postCredentials: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** @enum {string} */
                    kind: "api_key" | "basic" | "oauth2" | "header";
                    /** @description Such as user and password; should have 1 to 20 names of letters, digits, underscores, dots and hyphens, each with a text of 1 to 10000 characters */
                    secret: {
                        [key: string]: string;
                    };
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Credential"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getCredentialsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Credential"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    deleteCredentialsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["in_use"];
            412: components["responses"]["precondition_failed"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchCredentialsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    /** @enum {string} */
                    kind?: "api_key" | "basic" | "oauth2" | "header";
                    /** @description Such as user and password; should have 1 to 20 names of letters, digits, underscores, dots and hyphens, each with a text of 1 to 10000 characters */
                    secret?: {
                        [key: string]: string;
                    };
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Credential"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getArticlesExport: {
        parameters: {
            query?: {
                format?: "csv" | "ndjson";
                sort?: "-created_at" | "created_at" | "-title" | "title";
                slug?: string;
                status?: "draft" | "published";
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The name of the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getArticles: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                sort?: "-created_at" | "created_at" | "-title" | "title";
                slug?: string;
                status?: "draft" | "published";
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ArticleInList"][];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postArticles: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    title: string;
                    slug?: string | null;
                    body: string;
                    /**
                     * @default draft
                     * @enum {string}
                     */
                    status?: "draft" | "published";
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Article"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.limit_reached.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["conflict"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getArticlesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Article"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    deleteArticlesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["in_use"];
            412: components["responses"]["precondition_failed"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchArticlesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    title?: string;
                    slug?: string | null;
                    body?: string;
                    /** @enum {string} */
                    status?: "draft" | "published";
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Article"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["conflict"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getProjectsExport: {
        parameters: {
            query?: {
                format?: "csv" | "ndjson";
                sort?: "-created_at" | "created_at" | "-name" | "name";
                name?: string;
                client_id?: string;
                status?: "planned" | "active" | "on_hold" | "done";
                starts_on?: string;
                ends_on?: string;
                q?: string;
                deleted?: "true" | "false";
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The name of the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getProjects: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                sort?: "-created_at" | "created_at" | "-name" | "name";
                name?: string;
                client_id?: string;
                status?: "planned" | "active" | "on_hold" | "done";
                starts_on?: string;
                ends_on?: string;
                q?: string;
                deleted?: "true" | "false";
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Project"][];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postProjects: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    description?: string | null;
                    client_id?: string | null;
                    /**
                     * @default planned
                     * @enum {string}
                     */
                    status?: "planned" | "active" | "on_hold" | "done";
                    starts_on?: string | null;
                    ends_on?: string | null;
                    budget_cents?: number | null;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getProjectsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    deleteProjectsById: {
        parameters: {
            query?: {
                for_good?: "true" | "false";
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["in_use"];
            412: components["responses"]["precondition_failed"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchProjectsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    description?: string | null;
                    client_id?: string | null;
                    /** @enum {string} */
                    status?: "planned" | "active" | "on_hold" | "done";
                    starts_on?: string | null;
                    ends_on?: string | null;
                    budget_cents?: number | null;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postProjectsByIdRestore: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getSitesExport: {
        parameters: {
            query?: {
                format?: "csv" | "ndjson";
                sort?: "-created_at" | "created_at" | "-name" | "name";
                name?: string;
                city?: string;
                country?: string;
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The name of the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getSites: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                sort?: "-created_at" | "created_at" | "-name" | "name";
                name?: string;
                city?: string;
                country?: string;
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Site"][];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postSites: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    address?: string | null;
                    city?: string | null;
                    country?: string | null;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Site"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.limit_reached.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["conflict"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getSitesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Site"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    deleteSitesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["in_use"];
            412: components["responses"]["precondition_failed"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchSitesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    address?: string | null;
                    city?: string | null;
                    country?: string | null;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Site"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["conflict"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getProductionOrdersExport: {
        parameters: {
            query?: {
                format?: "csv" | "ndjson";
                sort?: "-created_at" | "created_at" | "-number" | "number";
                number?: string;
                status?: "planned" | "in_progress" | "done" | "cancelled";
                site_id?: string;
                client_id?: string;
                project_id?: string;
                material_category_id?: string;
                due_on?: string;
                q?: string;
                deleted?: "true" | "false";
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The name of the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getProductionOrders: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                sort?: "-created_at" | "created_at" | "-number" | "number";
                number?: string;
                status?: "planned" | "in_progress" | "done" | "cancelled";
                site_id?: string;
                client_id?: string;
                project_id?: string;
                material_category_id?: string;
                due_on?: string;
                q?: string;
                deleted?: "true" | "false";
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ProductionOrder"][];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postProductionOrders: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    number: string;
                    title: string;
                    site_id?: string | null;
                    client_id?: string | null;
                    project_id?: string | null;
                    material_category_id?: string | null;
                    /** @default 1 */
                    quantity?: number;
                    /** @default piece */
                    unit?: string;
                    due_on?: string | null;
                    notes?: string | null;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductionOrder"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["conflict"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getProductionOrdersById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductionOrder"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    deleteProductionOrdersById: {
        parameters: {
            query?: {
                for_good?: "true" | "false";
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["in_use"];
            412: components["responses"]["precondition_failed"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchProductionOrdersById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    number?: string;
                    title?: string;
                    site_id?: string | null;
                    client_id?: string | null;
                    project_id?: string | null;
                    material_category_id?: string | null;
                    quantity?: number;
                    unit?: string;
                    due_on?: string | null;
                    notes?: string | null;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductionOrder"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["conflict"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postProductionOrdersByIdRestore: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductionOrder"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postProductionOrdersByIdStart: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductionOrder"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["not_editable"];
            412: components["responses"]["precondition_failed"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postProductionOrdersByIdFinish: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductionOrder"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["not_editable"];
            412: components["responses"]["precondition_failed"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postProductionOrdersByIdCancel: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductionOrder"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["not_editable"];
            412: components["responses"]["precondition_failed"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getMaterialCategoriesExport: {
        parameters: {
            query?: {
                format?: "csv" | "ndjson";
                sort?: "-created_at" | "created_at" | "-name" | "name" | "-position" | "position";
                name?: string;
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The name of the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getMaterialCategories: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                sort?: "-created_at" | "created_at" | "-name" | "name" | "-position" | "position";
                name?: string;
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["MaterialCategory"][];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postMaterialCategories: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    description?: string | null;
                    /** @default 0 */
                    position?: number;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MaterialCategory"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["conflict"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getMaterialCategoriesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MaterialCategory"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    deleteMaterialCategoriesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["in_use"];
            412: components["responses"]["precondition_failed"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchMaterialCategoriesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    description?: string | null;
                    position?: number;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MaterialCategory"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["conflict"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getVoiceTranscriptionsExport: {
        parameters: {
            query?: {
                format?: "csv" | "ndjson";
                sort?: "-created_at" | "created_at" | "-title" | "title";
                source?: "upload" | "call" | "meeting" | "dictation";
                language?: string;
                status?: "pending" | "processing" | "done" | "failed";
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The name of the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getVoiceTranscriptions: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                sort?: "-created_at" | "created_at" | "-title" | "title";
                source?: "upload" | "call" | "meeting" | "dictation";
                language?: string;
                status?: "pending" | "processing" | "done" | "failed";
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["VoiceTranscriptionInList"][];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postVoiceTranscriptions: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    title: string;
                    /**
                     * @default upload
                     * @enum {string}
                     */
                    source?: "upload" | "call" | "meeting" | "dictation";
                    language?: string | null;
                    duration_seconds?: number | null;
                    /**
                     * @default pending
                     * @enum {string}
                     */
                    status?: "pending" | "processing" | "done" | "failed";
                    text?: string | null;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VoiceTranscription"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getVoiceTranscriptionsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VoiceTranscription"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    deleteVoiceTranscriptionsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["in_use"];
            412: components["responses"]["precondition_failed"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchVoiceTranscriptionsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    title?: string;
                    /** @enum {string} */
                    source?: "upload" | "call" | "meeting" | "dictation";
                    language?: string | null;
                    duration_seconds?: number | null;
                    /** @enum {string} */
                    status?: "pending" | "processing" | "done" | "failed";
                    text?: string | null;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VoiceTranscription"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getVoiceConversationsExport: {
        parameters: {
            query?: {
                format?: "csv" | "ndjson";
                sort?: "-created_at" | "created_at" | "-subject" | "subject" | "-started_at" | "started_at";
                channel?: "phone" | "video" | "in_person" | "assistant";
                transcription_id?: string;
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The name of the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getVoiceConversations: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                sort?: "-created_at" | "created_at" | "-subject" | "subject" | "-started_at" | "started_at";
                channel?: "phone" | "video" | "in_person" | "assistant";
                transcription_id?: string;
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["VoiceConversation"][];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postVoiceConversations: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    subject: string;
                    participant?: string | null;
                    /**
                     * @default phone
                     * @enum {string}
                     */
                    channel?: "phone" | "video" | "in_person" | "assistant";
                    /** Format: date-time */
                    started_at: string;
                    ended_at?: string | null;
                    summary?: string | null;
                    transcription_id?: string | null;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VoiceConversation"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getVoiceConversationsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VoiceConversation"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    deleteVoiceConversationsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["in_use"];
            412: components["responses"]["precondition_failed"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchVoiceConversationsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    subject?: string;
                    participant?: string | null;
                    /** @enum {string} */
                    channel?: "phone" | "video" | "in_person" | "assistant";
                    /** Format: date-time */
                    started_at?: string;
                    ended_at?: string | null;
                    summary?: string | null;
                    transcription_id?: string | null;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VoiceConversation"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getBusinessAnalysesExport: {
        parameters: {
            query?: {
                format?: "csv" | "ndjson";
                sort?: "-created_at" | "created_at" | "-title" | "title";
                kind?: "swot" | "forecast" | "market" | "competitors" | "customers";
                status?: "draft" | "running" | "done" | "failed";
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The name of the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getBusinessAnalyses: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                sort?: "-created_at" | "created_at" | "-title" | "title";
                kind?: "swot" | "forecast" | "market" | "competitors" | "customers";
                status?: "draft" | "running" | "done" | "failed";
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["BusinessAnalysisInList"][];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postBusinessAnalyses: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    title: string;
                    /** @enum {string} */
                    kind: "swot" | "forecast" | "market" | "competitors" | "customers";
                    /**
                     * @default draft
                     * @enum {string}
                     */
                    status?: "draft" | "running" | "done" | "failed";
                    /** @default {} */
                    input?: {
                        [key: string]: components["schemas"]["JsonValue"];
                    };
                    result?: {
                        [key: string]: components["schemas"]["JsonValue"];
                    } | null;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BusinessAnalysis"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getBusinessAnalysesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BusinessAnalysis"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    deleteBusinessAnalysesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["in_use"];
            412: components["responses"]["precondition_failed"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchBusinessAnalysesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    title?: string;
                    /** @enum {string} */
                    kind?: "swot" | "forecast" | "market" | "competitors" | "customers";
                    /** @enum {string} */
                    status?: "draft" | "running" | "done" | "failed";
                    input?: {
                        [key: string]: components["schemas"]["JsonValue"];
                    };
                    result?: {
                        [key: string]: components["schemas"]["JsonValue"];
                    } | null;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BusinessAnalysis"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getSavedQueriesExport: {
        parameters: {
            query?: {
                format?: "csv" | "ndjson";
                sort?: "-created_at" | "created_at" | "-name" | "name";
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The name of the file. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getSavedQueries: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                sort?: "-created_at" | "created_at" | "-name" | "name";
                q?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SavedQuery"][];
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    postSavedQueries: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    definition: {
                        table: string;
                        fields?: string[];
                        measures?: {
                            /** @enum {string} */
                            function: "count" | "sum" | "avg" | "min" | "max";
                            field?: string;
                        }[];
                        group_by?: {
                            field: string;
                            /** @enum {string} */
                            by?: "day" | "week" | "month";
                        }[];
                        /** @default [] */
                        filters?: {
                            field: string;
                            /** @enum {string} */
                            operator: "eq" | "ne" | "lt" | "lte" | "gt" | "gte" | "in" | "contains" | "is_null";
                            value: string | number | boolean | (string | number)[];
                        }[];
                        /** @default [] */
                        order?: {
                            by: string;
                            /**
                             * @default asc
                             * @enum {string}
                             */
                            direction?: "asc" | "desc";
                        }[];
                        /** @default 100 */
                        limit?: number;
                    };
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedQuery"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getSavedQueriesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedQuery"];
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    deleteSavedQueriesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            409: components["responses"]["in_use"];
            412: components["responses"]["precondition_failed"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    patchSavedQueriesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    definition?: {
                        table: string;
                        fields?: string[];
                        measures?: {
                            /** @enum {string} */
                            function: "count" | "sum" | "avg" | "min" | "max";
                            field?: string;
                        }[];
                        group_by?: {
                            field: string;
                            /** @enum {string} */
                            by?: "day" | "week" | "month";
                        }[];
                        /** @default [] */
                        filters?: {
                            field: string;
                            /** @enum {string} */
                            operator: "eq" | "ne" | "lt" | "lte" | "gt" | "gte" | "in" | "contains" | "is_null";
                            value: string | number | boolean | (string | number)[];
                        }[];
                        /** @default [] */
                        order?: {
                            by: string;
                            /**
                             * @default asc
                             * @enum {string}
                             */
                            direction?: "asc" | "desc";
                        }[];
                        /** @default 100 */
                        limit?: number;
                    };
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedQuery"];
                };
            };
            400: components["responses"]["invalid_request.malformed_json.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["insufficient_role.module_not_in_plan.support_read_only.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            412: components["responses"]["precondition_failed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getSavedQueriesByIdRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        columns: {
                            name: string;
                            kind: string;
                        }[];
                        rows: ((number | string) | number | string | boolean | null)[][];
                        is_cut: boolean;
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            404: components["responses"]["not_found"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getReportsSales: {
        parameters: {
            query?: {
                from?: string;
                to?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        from: string;
                        to: string;
                        time_zone: string;
                        data: {
                            month: string;
                            currency: string;
                            issued_count: number;
                            issued_cents: number | string;
                            paid_count: number;
                            paid_cents: number | string;
                        }[];
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getReportsDeals: {
        parameters: {
            query?: {
                from?: string;
                to?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        from: string;
                        to: string;
                        time_zone: string;
                        data: {
                            month: string;
                            currency: string;
                            won_count: number;
                            won_cents: number | string;
                            lost_count: number;
                            lost_cents: number | string;
                        }[];
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getReportsExecutions: {
        parameters: {
            query?: {
                from?: string;
                to?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        from: string;
                        to: string;
                        time_zone: string;
                        data: {
                            month: string;
                            /** Format: uuid */
                            workflow_id: string;
                            workflow_name: string;
                            count: number;
                            succeeded: number;
                            failed: number;
                            average_duration_ms: number | null;
                        }[];
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getReportsKnowledge: {
        parameters: {
            query?: {
                from?: string;
                to?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        from: string;
                        to: string;
                        time_zone: string;
                        data: {
                            month: string;
                            count: number;
                            bytes: number | string;
                        }[];
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
    getReportsContent: {
        parameters: {
            query?: {
                from?: string;
                to?: string;
            };
            header?: {
                /** @description The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>. */
                "X-Tenant-ID"?: components["parameters"]["TenantId"];
                /** @description The language of `detail` and of what is said of fields: English, or French where it is preferred. */
                "Accept-Language"?: components["parameters"]["AcceptLanguage"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        from: string;
                        to: string;
                        time_zone: string;
                        data: {
                            month: string;
                            made: number;
                            published: number;
                        }[];
                    };
                };
            };
            400: components["responses"]["invalid_request.malformed_request.tenant_header_missing"];
            401: components["responses"]["unauthenticated"];
            402: components["responses"]["payment_required.trial_expired"];
            403: components["responses"]["module_not_in_plan.tenant_cancelled.tenant_mismatch.tenant_pending.tenant_suspended"];
            408: components["responses"]["request_timeout"];
            429: components["responses"]["too_many_requests"];
            431: components["responses"]["headers_too_large"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["database_unavailable.outcome_unknown.overloaded"];
        };
    };
}
