import { Navigate, type RouteObject } from 'react-router';
import { Layout } from './ui/Layout';
import { NotFoundPage } from './ui/NotFoundPage';
import { PageFailed } from './ui/PageFailed';

/** Every page is a part of its own, loaded when somebody first goes there. */
export const routes: RouteObject[] = [
  {
    element: <Layout />,
    HydrateFallback: () => null,
    children: [
      {
        errorElement: <PageFailed />,
        children: [
          { index: true, element: <Navigate to="/projects" replace /> },
          {
            path: 'projects',
            lazy: async () => ({
              Component: (await import('./features/projects/ProjectListPage')).ProjectListPage,
            }),
          },
          {
            path: 'projects/new',
            lazy: async () => ({
              Component: (await import('./features/newProject/NewProjectPage')).NewProjectPage,
            }),
            children: [
              {
                index: true,
                lazy: async () => ({
                  Component: (await import('./features/newProject/GalleryStep')).GalleryStep,
                }),
              },
              {
                path: ':slug',
                lazy: async () => ({
                  Component: (await import('./features/newProject/ParametersStep')).ParametersStep,
                }),
              },
              {
                path: ':slug/review',
                lazy: async () => ({
                  Component: (await import('./features/newProject/ReviewStep')).ReviewStep,
                }),
              },
            ],
          },
          {
            path: 'projects/:projectId/provisioning',
            lazy: async () => ({
              Component: (await import('./features/provisioning/ProvisioningPage'))
                .ProvisioningPage,
            }),
          },
          {
            path: 'templates',
            lazy: async () => ({
              Component: (await import('./features/templates/TemplatesPage')).TemplatesPage,
            }),
          },
          ...['templates/new', 'templates/:slug/revise'].map((path) => ({
            path,
            lazy: async () => ({
              Component: (await import('./features/templates/EditorPage')).EditorPage,
            }),
          })),
          {
            path: 'templates/:slug',
            lazy: async () => ({
              Component: (await import('./features/templates/TemplatePage')).TemplatePage,
            }),
          },
          {
            path: 'dashboard',
            lazy: async () => ({
              Component: (await import('./features/dashboard/DashboardPage')).DashboardPage,
            }),
          },
          {
            path: 'projects/:projectId',
            lazy: async () => ({
              Component: (await import('./features/project/ProjectPage')).ProjectPage,
            }),
            children: [
              {
                index: true,
                lazy: async () => ({
                  Component: (await import('./features/project/OverviewTab')).OverviewTab,
                }),
              },
              {
                path: 'repository',
                lazy: async () => ({
                  Component: (await import('./features/repository/RepositoryTab')).RepositoryTab,
                }),
              },
              {
                path: 'deployments',
                lazy: async () => ({
                  Component: (await import('./features/deployments/DeploymentsTab')).DeploymentsTab,
                }),
              },
              {
                path: 'activity',
                lazy: async () => ({
                  Component: (await import('./features/project/ActivityTab')).ActivityTab,
                }),
              },
              {
                path: 'analysis',
                lazy: async () => ({
                  Component: (await import('./features/analysis/AnalysisTab')).AnalysisTab,
                }),
              },
              {
                path: 'history/:version?',
                lazy: async () => ({
                  Component: (await import('./features/history/HistoryTab')).HistoryTab,
                }),
              },
              {
                path: 'services',
                lazy: async () => ({
                  Component: (await import('./features/services/ServicesTab')).ServicesTab,
                }),
              },
            ],
          },
          { path: '*', element: <NotFoundPage /> },
        ],
      },
    ],
  },
];
